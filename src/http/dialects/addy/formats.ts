// addy.io's forms of addresses and ours. A company's name with letters is a form that it does not have; nor does it tell the site.
import type { AddressFormat } from '../../../policy/local-part.ts'

export const formats: Readonly<Record<string, AddressFormat>> = {
  random_characters: 'letters', uuid: 'letters', random_words: 'words', random_male_name: 'words', random_female_name: 'words', random_noun: 'words',
}

export const formatName = (format: AddressFormat): string => format === 'words' ? 'random_words' : 'random_characters'
