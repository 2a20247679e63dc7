import { z } from "zod";
import { keepPartitions, purgeUsage } from "../mentor/history.ts";
import { jobKind } from "./job.ts";

/** Keeps partitions of the mentor's history ahead, and drops what is older than 30 days, month by month. */
export const mentorPartitions = jobKind({
  kind: "mentor-partitions",
  payload: z.object({}),
  attempts: 5,
  limitSeconds: 60,
  parallel: 1,
  async run({ database, log }) {
    const { made, dropped } = await keepPartitions(database, new Date());
    if (made.length + dropped.length > 0) log.info({ made, dropped }, "partitions of the mentor's history");
    await purgeUsage(database);
    return undefined;
  },
});
