// Rows that are still on their way, with the height of real ones.
import { AfterAWhile } from './after-a-while.tsx'

const widths = [
  [118, 190],
  [96, 160],
  [150, 208],
  [84, 172],
  [128, 150],
  [104, 186],
] as const
const Bar = ({ width }: { readonly width: number }) => (
  <svg class="sk" width={width} height="12" aria-hidden="true">
    <rect width="100%" height="100%" rx="3" />
  </svg>
)

export const Skeleton = ({ of }: { readonly of: string }) => (
  <AfterAWhile>
    <div class="skel" role="status" aria-label={`Loading ${of}`}>
      {widths.map(([name, address]) => (
        <div class="sk-row">
          <Bar width={28} />
          <Bar width={name} />
          <Bar width={address} />
          <Bar width={44} />
        </div>
      ))}
    </div>
  </AfterAWhile>
)

/** A message that is on its way: its notice, its subject, who, and its frame. */
export const MessageSkeleton = () => (
  <AfterAWhile>
    <div class="skel sk-msg" role="status" aria-label="Loading the message">
      <Bar width={420} />
      <Bar width={320} />
      <Bar width={260} />
      <svg class="sk sk-frame" aria-hidden="true">
        <rect width="100%" height="100%" rx="6" />
      </svg>
    </div>
  </AfterAWhile>
)
