using Google.Protobuf.WellKnownTypes;
using Mano.Cli.Operations;
using Mano.Cli.Terminal;
using Mano.Common.V1;
using Mano.Lifecycle.V1;

namespace Mano.Cli.Tests;

/// <summary>What a person reads of an operation, as lines and as a picture.</summary>
public sealed class OperationViewTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 10, TimeSpan.Zero);

    [Fact]
    public void Each_piece_of_news_is_told_once()
    {
        var first = Moment(Operation.Types.State.Processing, Step("capacity", StepState.Succeeded, 0, 5), Step("ready", StepState.Started, 5));
        var second = Moment(Operation.Types.State.Completed, Step("capacity", StepState.Succeeded, 0, 5), Step("ready", StepState.Succeeded, 5, 900));
        Assert.Equal(
            ["INSTANTIATE app-1 (operation op-1)", "  ✓ capacity (5 ms)", "  … ready", "      ● Ready"],
            OperationNews.Between(null, first, Now));
        Assert.Equal(["  ✓ ready (895 ms)", "  COMPLETED"], OperationNews.Between(first, second, Now));
        Assert.Empty(OperationNews.Between(first, first, Now));
    }

    [Fact]
    public void An_undone_operation_says_why_and_which_steps_were_undone()
    {
        var end = Moment(Operation.Types.State.Failed, Step("capacity", StepState.UndoFinished, 0, 5), Step("site", StepState.Failed, 5, 9));
        end.Operation.Failure = new Failure { Message = "The image is missing." };
        var text = Drawn(end);
        Assert.Contains("FAILED", text, StringComparison.Ordinal);
        Assert.Matches("↶ +capacity +undone", text);
        Assert.Matches("✗ +site", text);
        Assert.Contains("The image is missing.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_condition_that_does_not_hold_says_its_reason()
    {
        var moment = Moment(Operation.Types.State.Processing, Step("ready", StepState.Started, 0));
        moment.Instance!.Conditions[0].Status = Condition.Types.Status.False;
        moment.Instance.Conditions[0].Reason = "AWAITING_READY";
        moment.Instance.Conditions[0].Message = "Waits for confirm_ready.";
        Assert.Matches("○ +Ready +AWAITING_READY: Waits for confirm_ready.", Drawn(moment));
    }

    [Fact]
    public void The_picture_of_an_operation_fits_80_columns()
    {
        var moment = Moment(Operation.Types.State.Processing, Step("ready", StepState.Started, 0));
        moment.Operation.Steps[0].Message = string.Join(' ', Enumerable.Repeat("very long words", 12));
        Assert.All(Drawn(moment, width: 80).Split('\n'), line => Assert.True(line.TrimEnd().Length <= 80, line));
    }

    private static string Drawn(OperationMoment moment, int width = 200)
    {
        var writer = new StringWriter();
        var console = Consoles.Create(writer, redirected: true);
        console.Profile.Width = width;
        console.Write(OperationPicture.Draw(moment, Now));
        return writer.ToString();
    }

    private static OperationMoment Moment(Operation.Types.State state, params Step[] steps)
    {
        var operation = new Operation { OperationId = "op-1", AppInstanceId = "app-1", Kind = Operation.Types.Kind.Instantiate, State = state, StartTime = At(0) };
        operation.Steps.AddRange(steps);
        var instance = new AppInstance { AppInstanceName = "hello" };
        instance.Conditions.Add(new Condition { Type = "Ready", Status = Condition.Types.Status.True });
        return new OperationMoment(operation, instance);
    }

    private static Step Step(string name, StepState state, int startMs, int? endMs = null) =>
        new() { Name = name, State = state, Attempts = 1, StartTime = At(startMs), EndTime = endMs is { } end ? At(end) : null };

    private static Timestamp At(int milliseconds) => Timestamp.FromDateTimeOffset(Now - TimeSpan.FromSeconds(10) + TimeSpan.FromMilliseconds(milliseconds));
}
