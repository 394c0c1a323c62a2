using Mano.Cli.Terminal;
using Mano.Lifecycle.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Mano.Cli.Operations;

/// <summary>An operation as it is drawn: a line for each step, and under them what the site says of the instance.</summary>
internal static class OperationPicture
{
    private static readonly string[] Wheel = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

    public static IRenderable Draw(OperationMoment moment, DateTimeOffset now)
    {
        var rows = new List<IRenderable> { Head(moment, now), Steps(moment.Operation, now) };
        if (moment.Instance is { Conditions.Count: > 0 } instance && !Withdrawn(moment))
        {
            rows.Add(Conditions(instance));
        }

        if (moment.Operation.Failure is { } failure)
        {
            rows.Add(new Text($"  {failure.Message}", Style.Parse("red")));
        }

        return new Rows(rows);
    }

    /// <summary>Sign and colour of a step's state.</summary>
    public static (string Sign, string Style) SignOf(StepState state, DateTimeOffset now) => state switch
    {
        StepState.Started => (Wheel[now.ToUnixTimeMilliseconds() / 100 % Wheel.Length], "cyan"),
        StepState.Succeeded => ("✓", "green"),
        StepState.Failed => ("✗", "red"),
        StepState.UndoStarted => (Wheel[now.ToUnixTimeMilliseconds() / 100 % Wheel.Length], "yellow"),
        StepState.UndoFinished => ("↶", "yellow"),
        StepState.UndoFailed => ("✗", "bold red"),
        _ => ("·", "grey"),
    };

    /// <summary>"3 ms"; of a step under way, how long so far.</summary>
    public static string TimeOf(Step step, DateTimeOffset now) => step.StartTime is null
        ? ""
        : Words.Elapsed((step.EndTime?.ToDateTimeOffset() ?? now) - step.StartTime.ToDateTimeOffset());

    public static string NoteOf(Step step) => step.State switch
    {
        StepState.UndoFinished => "undone",
        StepState.UndoStarted => Join("undoing", step.Message),
        StepState.UndoFailed => Join("could not be undone", step.Message),
        _ => step.Attempts > 1 ? Join(step.Message, $"attempt {step.Attempts}") : step.Message,
    };

    private static Text Head(OperationMoment moment, DateTimeOffset now)
    {
        var operation = moment.Operation;
        var name = moment.Instance is { AppInstanceName.Length: > 0 } instance ? instance.AppInstanceName : operation.AppInstanceId;
        var until = moment.HasEnded ? operation.StateEnteredTime?.ToDateTimeOffset() ?? now : now;
        var time = operation.StartTime is null ? "" : Words.Elapsed(until - operation.StartTime.ToDateTimeOffset());
        var state = moment.HasEnded ? Words.Of(operation.State) : operation.DetailedState;
        var style = moment.Succeeded ? "bold green" : moment.HasEnded ? "bold red" : "bold";
        return new Text($"{Words.Of(operation.Kind)} {name}  {state}  {time}", Style.Parse(style));
    }

    private static Grid Steps(OperationInfo operation, DateTimeOffset now)
    {
        var grid = Columns();
        foreach (var step in operation.Steps)
        {
            var (sign, style) = SignOf(step.State, now);
            grid.AddRow(
                new Text("  " + sign, Style.Parse(style)), new Text(step.Name),
                new Text(NoteOf(step), Style.Parse("grey")), new Text(TimeOf(step, now), Style.Parse("grey")));
        }

        return grid;
    }

    private static Grid Conditions(AppInstanceInfo instance)
    {
        var grid = Columns();
        foreach (var condition in instance.Conditions)
        {
            var holds = condition.Status == ConditionInfo.Types.Status.True;
            var note = holds ? condition.Message : Join(condition.Reason, condition.Message);
            grid.AddRow(
                new Text("    " + (holds ? "●" : "○"), Style.Parse(holds ? "green" : "grey")),
                new Text(condition.Type, Style.Parse(holds ? "default" : "grey")),
                new Text(note, Style.Parse("grey")), new Text(""));
        }

        return grid;
    }

    /// <summary>After a finished terminate nothing of the instance is at the site any more.</summary>
    private static bool Withdrawn(OperationMoment moment) => moment.HasEnded && moment.Operation.Kind == OperationInfo.Types.Kind.Terminate;

    private static Grid Columns() => new Grid()
        .AddColumn(new GridColumn().NoWrap().Width(5).PadRight(1))
        .AddColumn(new GridColumn().NoWrap().Width(12).PadRight(1))
        .AddColumn(new GridColumn())
        .AddColumn(new GridColumn().NoWrap().Width(8).RightAligned().PadRight(0));

    private static string Join(string a, string b) => a.Length == 0 ? b : b.Length == 0 ? a : $"{a}: {b}";
}
