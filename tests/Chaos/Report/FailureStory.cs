using System.Text;
using Mano.Chaos.History;
using Mano.Chaos.Processes;
using Mano.Chaos.Topologies;

namespace Mano.Chaos.Report;

/// <summary>All that a person needs to find the cause of violations: written into the run's folder, and its head printed.</summary>
internal static class FailureStory
{
    private const int FullyTold = 5;

    public static string Write(RunResult result, Testbed testbed, IReadOnlyList<HistoryEvent> history)
    {
        var story = new StringBuilder();
        story.AppendLine($"seed {result.Seed}, topology {result.Topology}, folder {result.Folder} (kept)").AppendLine();
        foreach (var violation in result.Violations)
        {
            story.AppendLine($"{violation.Kind} {violation.Instance}: {violation.Message}");
        }

        var instances = result.Violations.Select(v => v.Instance).Where(i => i.Length > 0).Distinct().Take(FullyTold).ToList();
        foreach (var instance in instances)
        {
            story.AppendLine().AppendLine($"history of {instance}:");
            foreach (var line in history.Where(e => e.Instance == instance))
            {
                story.AppendLine($"  {line.At / 1e6,9:0.000} {line.Client} #{line.Call} {line.Said} {line.Verb} {line.Operation} {line.State} {line.Reason} "
                    + $"{(line.Unclear > 0 ? $"after {line.Unclear} unclear" : "")}{(line.Replay ? " (repeated)" : "")}{line.Host} {(line.Said == Said.Compute ? line.MilliCpu : "")}");
            }

            foreach (var node in testbed.Nodes.Where(n => File.Exists(n.LogFile)))
            {
                foreach (var line in LogFiles.Lines(node.LogFile).Where(l => l.Contains(instance, StringComparison.Ordinal)).TakeLast(30))
                {
                    story.AppendLine($"  {node.Name}: {line}");
                }
            }
        }

        story.AppendLine().AppendLine("faults, the last 60:").AppendLine(LogFiles.Tail(Path.Combine(result.Folder, "schedule.txt"), 60));
        foreach (var node in testbed.Nodes)
        {
            story.AppendLine().AppendLine($"{node.Name}, the last lines:").AppendLine(LogFiles.Tail(node.LogFile, 15));
        }

        File.WriteAllText(Path.Combine(result.Folder, "story.txt"), story.ToString());
        return story.ToString();
    }
}
