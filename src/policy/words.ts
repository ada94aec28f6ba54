// Words for addresses that are easy to say and write down: short, plain, without a company's name and without a second meaning.
export const adjectives = (
  'able airy amber ample apt arch azure bare big blue bold brave brief bright brisk broad brown busy calm cheery chief clear clever cool cosy crisp '
  + 'curly dear deep dense dim direct double dry early easy even exact fair famous fast fine firm first flat fond free fresh full gentle glad golden '
  + 'good grand green grey happy hardy high humble jolly keen kind large late light little lively local long loud lucky main merry mild modern neat '
  + 'new nice noble open pale plain polite prime proud pure quick quiet rapid rare ready red rich round royal safe sharp shiny silent silver simple '
  + 'slim slow small smart smooth snug soft solid spare steady still stout strong sunny sweet swift tall tame tender tidy tiny true upper vast warm '
  + 'white whole wide wild wise witty young'
).split(' ')

export const nouns = (
  'acorn anchor apple arrow atlas badge banner barn basket bay beach beacon bell bench berry birch bird boat bottle branch bread brick bridge brook '
  + 'brush bucket butter button cabin cactus camel candle canoe canyon cart castle cedar chair cherry cliff clock cloud clover coat cobble comet coral '
  + 'corner cottage crane creek cricket crown cup daisy delta desert dune eagle easel echo elm engine falcon feather fern field finch fjord flag '
  + 'flute forest fountain fox garden gate glacier globe goose grape grove guitar hammer harbor harp hawk hazel heron hill honey horizon island ivy '
  + 'jacket kettle key kite ladder lagoon lake lamp lantern leaf ledge lemon lily linen lion loom maple marble meadow melon mill mirror moon moss '
  + 'mountain needle nest oak ocean olive onion opal orchard otter owl paddle palm panda paper parcel path pearl pebble pencil pepper piano pigeon '
  + 'pillow pine planet plum pocket pond poplar prairie quill rabbit rain raven reed ribbon ridge river robin rocket rope rose saddle sail sand '
  + 'school shell shore spoon spring sparrow spruce stable star stone stream street summit sun swan table temple thistle thunder tiger timber torch '
  + 'tower town train tree tulip tunnel turtle valley velvet village violet violin wagon walnut water wave wheat wheel whistle willow window winter'
).split(' ')
