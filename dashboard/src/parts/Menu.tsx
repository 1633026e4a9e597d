import { Menu as MantineMenu, Popover as MantinePopover } from '@mantine/core'
import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon.tsx'

export type MenuEntry =
  | { title: ReactNode; icon?: IconName; run: () => void; danger?: boolean; checked?: boolean }
  | 'line'

/** A button that opens a list of things to do. */
export const Menu = ({ button, entries }: { button: ReactNode; entries: MenuEntry[] }) => (
  <MantineMenu position="bottom-end" offset={6} transitionProps={{ duration: 0 }} shadow="none">
    <MantineMenu.Target>{button}</MantineMenu.Target>
    <MantineMenu.Dropdown className="menu">
      {entries.map((entry, at) =>
        entry === 'line' ? (
          <MantineMenu.Divider key={at} />
        ) : (
          <MantineMenu.Item
            key={at}
            className={entry.danger ? 'danger' : ''}
            closeMenuOnClick={entry.checked === undefined}
            aria-checked={entry.checked}
            leftSection={
              entry.checked !== undefined ? (
                <span className={entry.checked ? 'check on' : 'check'} aria-hidden="true">
                  {entry.checked && <Icon name="tick" size={10} />}
                </span>
              ) : (
                entry.icon && <Icon name={entry.icon} size={14} />
              )
            }
            onClick={entry.run}
          >
            {entry.title}
          </MantineMenu.Item>
        ),
      )}
    </MantineMenu.Dropdown>
  </MantineMenu>
)

type Popped = {
  button: ReactNode
  opened: boolean
  onClose: () => void
  label: string
  children: ReactNode
}

/** What opens beside a number and works on it. */
export const Popover = ({ button, opened, onClose, label, children }: Popped) => (
  <MantinePopover
    opened={opened}
    onChange={open => {
      if (!open) onClose()
    }}
    position="bottom-end"
    offset={6}
    trapFocus
    returnFocus
    withRoles={false}
    transitionProps={{ duration: 0 }}
  >
    <MantinePopover.Target>{button}</MantinePopover.Target>
    <MantinePopover.Dropdown className="popover" role="dialog" aria-label={label}>
      {children}
    </MantinePopover.Dropdown>
  </MantinePopover>
)
