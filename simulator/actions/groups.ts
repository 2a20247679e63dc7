import { groupChatOf, publicGroup, type BotStatus, type MemberStatus } from "../groups.ts";
import { setBotStatus, setMember } from "../membership.ts";
import { userOf } from "../people.ts";
import { Refusal } from "../refusal.ts";
import type { World } from "../world.ts";
import { findGroup, findPerson, needRoom } from "./actor.ts";

/** What people do with groups. */
export function groupActions(world: World) {
  return {
    create(title: string, memberIds: readonly number[], bot: BotStatus): ReturnType<typeof publicGroup> {
      const members = memberIds.map((id) => findPerson(world, id));
      const [creator, ...others] = members;
      if (creator === undefined) throw new Refusal(400, "members: a group needs somebody who makes it");
      needRoom(world);
      const group = world.groups.add(title, creator.id);
      for (const { id } of others) group.members.set(id, "member");
      setBotStatus(world, group, bot, userOf(creator));
      world.events.publish("group", publicGroup(group));
      return publicGroup(group);
    },

    /** Lets somebody in or out, or changes their rights. */
    setMember(groupId: number, personId: number, status: MemberStatus | "left"): void {
      const group = findGroup(world, groupId);
      const person = findPerson(world, personId);
      needRoom(world);
      if (group.members.get(personId) === "creator") {
        throw new Refusal(
          409,
          `${person.first_name} made the group ${groupChatOf(group).title} and stays its creator`,
        );
      }
      setMember(world, group, personId, status, userOf(person));
    },

    /** Lets the bot in or out, or changes its rights, in the name of the group's creator. */
    setBot(groupId: number, status: BotStatus): { update_id: number | null } {
      const group = findGroup(world, groupId);
      needRoom(world);
      const [creator] = group.members.keys();
      if (creator === undefined) throw new Refusal(409, "the group is empty");
      return { update_id: setBotStatus(world, group, status, userOf(findPerson(world, creator))) };
    },
  };
}
