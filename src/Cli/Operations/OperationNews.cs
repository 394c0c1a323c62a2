using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;

namespace Mano.Cli.Operations;

/// <summary>What is new between two moments of an operation, a line each, for places where nothing can be drawn over.</summary>
internal static class OperationNews
{
    public static IEnumerable<string> Between(OperationMoment? before, OperationMoment after, DateTimeOffset now)
    {
        if (before is null)
        {
            yield return $"{Words.Of(after.Operation.Kind)} {after.Operation.AppInstanceId} (operation {after.Operation.OperationId})";
        }

        foreach (var step in after.Operation.Steps.Where(s => s.State != StepState.Pending))
        {
            var old = before?.Operation.Steps.FirstOrDefault(s => s.Name == step.Name);
            if (old?.State != step.State)
            {
                yield return OfStep(step, now);
            }
        }

        foreach (var condition in after.Instance?.Conditions ?? [])
        {
            var old = before?.Instance?.Conditions.FirstOrDefault(c => c.Type == condition.Type);
            if (old?.Status != condition.Status || old.Reason != condition.Reason)
            {
                yield return $"      {Condition(condition)}";
            }
        }

        if (after.HasEnded)
        {
            var failure = after.Operation.Failure is { } f ? $": {f.Message}" : "";
            yield return $"  {Words.Of(after.Operation.State)}{failure}";
        }
    }

    private static string OfStep(Step step, DateTimeOffset now)
    {
        var sign = step.State is StepState.Started or StepState.UndoStarted ? "…" : OperationPicture.SignOf(step.State, now).Sign;
        var time = step.EndTime is null ? "" : $" ({OperationPicture.TimeOf(step, now)})";
        var note = OperationPicture.NoteOf(step);
        return $"  {sign} {step.Name}{time}{(note.Length == 0 ? "" : ": " + note)}";
    }

    private static string Condition(ConditionInfo condition)
    {
        var holds = condition.Status == ConditionInfo.Types.Status.True;
        var why = string.Join(": ", new[] { holds ? "" : condition.Reason, condition.Message }.Where(t => t.Length > 0));
        return $"{(holds ? "●" : "○")} {condition.Type}{(why.Length == 0 ? "" : " - " + why)}";
    }
}
