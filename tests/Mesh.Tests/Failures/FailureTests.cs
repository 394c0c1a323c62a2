using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Grpc.Core;
using Mano.Mesh.Failures;
using Mano.Mesh.Ids;
using Mano.Testing;

namespace Mano.Mesh.Tests.Failures;

public sealed class FailureTests
{
    private static readonly Failure Refused = Failure.InvalidInput("APPD_INVALID", "2 faults; correct them.", "package/p1", [
        new("topology_template.node_templates.logic0", "memory is missing; say how much."),
        new("Manifest.mf:12", "no digest; one would be better.", FaultSeverity.Warning),
    ]);

    [Fact]
    public void Every_kind_has_a_status_code_of_its_own_and_comes_back_from_it()
    {
        var codes = Enum.GetValues<FailureKind>().Select(FailureStatus.CodeOf).ToList();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.Equal(Enum.GetValues<FailureKind>(), codes.Select(FailureStatus.KindOf));
        Assert.Equal(FailureKind.Internal, FailureStatus.KindOf(StatusCode.Unknown));
    }

    [Fact]
    public void A_failure_with_all_its_faults_survives_the_wire()
    {
        var sent = Refused.ToRpcException();
        Assert.Equal((StatusCode.InvalidArgument, Refused.Message), (sent.StatusCode, sent.Status.Detail));
        AssertSame(Refused, sent.ToFailure());
    }

    [Fact]
    public void An_illegal_state_names_the_present_and_the_allowed_ones_across_the_wire()
    {
        var failure = Failure.IllegalState("ILLEGAL_STATE", "Not now.", "app-instance/a1", "STARTED", "STOPPED", "NOT_INSTANTIATED");
        var back = failure.ToRpcException().ToFailure();
        AssertSame(failure, back);
        Assert.Equal(("STARTED", "STOPPED,NOT_INSTANTIATED"), (back.CurrentState, string.Join(',', back.AllowedStates)));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, true)]
    [InlineData(StatusCode.NotFound, false)]
    public void A_status_without_details_is_understood_by_its_code(StatusCode code, bool retryable)
    {
        var failure = new RpcException(new Status(code, "says a foreign server")).ToFailure();
        Assert.Equal((FailureStatus.KindOf(code), retryable, "says a foreign server"), (failure.Kind, failure.Retryable, failure.Message));
    }

    [Fact]
    public void Exceptions_are_told_apart_and_the_unknown_one_is_a_bug()
    {
        Assert.Same(Refused, Failure.From(Refused.ToException()));
        Assert.Equal(FailureKind.Unavailable, Failure.From(new SocketException()).Kind);
        Assert.Equal(FailureKind.NoCapacity, Failure.From(new RpcException(new Status(StatusCode.ResourceExhausted, ""))).Kind);
        Assert.Equal(FailureKind.Cancelled, Failure.From(new TaskCanceledException()).Kind);
        var bug = Failure.From(new DivideByZeroException("oops"));
        Assert.Equal((FailureKind.Internal, "BUG", false), (bug.Kind, bug.Reason, bug.Retryable));
    }

    [Fact]
    public void A_failure_can_be_stored_as_JSON_that_names_its_kind()
    {
        var text = JsonSerializer.Serialize(Refused, FailureJson.Default.Failure);
        Assert.Contains("\"InvalidInput\"", text, StringComparison.Ordinal);
        AssertSame(Refused, JsonSerializer.Deserialize(text, FailureJson.Default.Failure)!);
    }

    [Fact]
    public void An_outcome_is_a_value_or_a_refusal_and_never_neither()
    {
        Outcome<int> good = 3;
        Outcome<int> bad = Refused;
        Assert.True(good.TryGet(out var value, out _));
        Assert.Equal((3, "4"), (value, good.Then<string>(v => $"{v + 1}").Value));
        Assert.Same(Refused, bad.Then<string>(v => $"{v}").Failure);
        Assert.Same(Refused, Assert.Throws<FailureException>(() => bad.Value).Failure);
        Assert.Throws<InvalidOperationException>(() => default(Outcome<int>).Failure);
    }

    [Fact]
    public void New_ids_are_GUIDs_that_sort_by_time()
    {
        var clock = new ManualClock();
        var ids = new GuidIds(clock);
        var made = Enumerable.Range(0, 20).Select(_ =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return ids.NewId();
        }).ToList();
        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.All(made, id => Assert.Equal(7, Guid.Parse(id).Version));
    }

    private static void AssertSame(Failure expected, Failure actual)
    {
        Assert.Equal(expected.Faults, actual.Faults);
        Assert.Equal(expected with { Faults = [], AllowedStates = [] }, actual with { Faults = [], AllowedStates = [] });
    }
}

[JsonSerializable(typeof(Failure))]
internal sealed partial class FailureJson : JsonSerializerContext;
