// The row of matches along the edge of the pages before sign-in. One of them burns.
export const Matches = () => (
  <svg class="matches" viewBox="0 0 2800 120" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
    <defs>
      <pattern id="seven" x="1534" width="196" height="120" patternUnits="userSpaceOnUse">
        <path class="ma-s" d="M14 120V48" />
        <path class="ma-h" d="M10.5 42a3.5 6 0 0 1 7 0c0 3.5-1.5 5.5-3.5 5.5s-3.5-2-3.5-5.5Z" />
        <path class="ma-s" d="M42 120V42" />
        <path class="ma-h" d="M38.5 36a3.5 6 0 0 1 7 0c0 3.5-1.5 5.5-3.5 5.5s-3.5-2-3.5-5.5Z" />
        <path class="ma-s" d="M70 120V45" />
        <path class="ma-h" d="M66.5 39a3.5 6 0 0 1 7 0c0 3.5-1.5 5.5-3.5 5.5s-3.5-2-3.5-5.5Z" />
        <path class="ma-s" d="M98 120V39" />
        <path class="ma-h" d="M94.5 33a3.5 6 0 0 1 7 0c0 3.5-1.5 5.5-3.5 5.5s-3.5-2-3.5-5.5Z" />
        <path class="ma-s" d="M126 120V46" />
        <path class="ma-h" d="M122.5 40a3.5 6 0 0 1 7 0c0 3.5-1.5 5.5-3.5 5.5s-3.5-2-3.5-5.5Z" />
        <path class="ma-s" d="M154 120V41" />
        <path class="ma-h" d="M150.5 35a3.5 6 0 0 1 7 0c0 3.5-1.5 5.5-3.5 5.5s-3.5-2-3.5-5.5Z" />
        <path class="ma-s" d="M182 120V44" />
        <path class="ma-h" d="M178.5 38a3.5 6 0 0 1 7 0c0 3.5-1.5 5.5-3.5 5.5s-3.5-2-3.5-5.5Z" />
      </pattern>
    </defs>
    <rect width="1506" height="120" fill="url(#seven)" />
    <rect x="1534" width="2800" height="120" fill="url(#seven)" />
    <g transform="translate(1520 0)">
      <path class="ma-s" d="M0 120c0-22 1-34 4-48" />
      <path class="ma-char" d="M4 72c1.500-7 .5-13-2.500-19" />
      <path
        class="ma-fire"
        d="M1 18c1.800 7.200-3.300 11.200-6.500 15.500-2.500 3.300-4.700 6.500-4.700 11.200
           a11.200 11.200 0 0 0 22.400 0c0-4.700-2.100-8.300-4.700-10.800-.4 2.600-1.900 4.300-4 5C4.600 31 4.100 24 1 18Z"
      />
      <circle class="ma-core" cx="1" cy="45" r="4.700" />
    </g>
  </svg>
)
