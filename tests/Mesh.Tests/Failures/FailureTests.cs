using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Google.Protobuf.WellKnownTypes;
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
        var codes = System.Enum.GetValues<FailureKind>().Select(FailureStatus.CodeOf).ToList();
        Assert.Equal(codes.Count, codes.Distinct().Count());
        Assert.Equal(System.Enum.GetValues<FailureKind>(), codes.Select(FailureStatus.KindOf));
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

    [Fact]
    public void Each_kind_carries_the_standard_details_that_fit_it()
    {
        var bad = Details(Refused);
        Assert.Equal(["mano.common.v1.Failure", "google.rpc.ErrorInfo", "google.rpc.BadRequest"], bad.Select(Name));
        var info = bad[1].Unpack<Google.Rpc.ErrorInfo>();
        Assert.Equal(("APPD_INVALID", "mano", "package/p1", "false"), (info.Type, info.Domain, info.Metadata["subject"], info.Metadata["retryable"]));
        var violation = Assert.Single(bad[2].Unpack<Google.Rpc.BadRequest>().FieldViolations);
        Assert.Equal(("topology_template.node_templates.logic0", "memory is missing; say how much."), (violation.Field, violation.Description));

        var gone = Details(Failure.NotFound("APP_INSTANCE_NOT_FOUND", "No such instance.", "app-instance/a1"))[^1].Unpack<Google.Rpc.ResourceInfo>();
        Assert.Equal(("app-instance", "a1", "No such instance."), (gone.ResourceType, gone.ResourceName, gone.Description));
        Assert.Equal("operation", Details(Failure.NotFound("OPERATION_NOT_FOUND", "None.", "0199"))[^1].Unpack<Google.Rpc.ResourceInfo>().ResourceType);
        Assert.Equal(
            ["mano.common.v1.Failure", "google.rpc.ErrorInfo", "mano.common.v1.IllegalState", "google.rpc.PreconditionFailure"],
            Details(Failure.IllegalState("ILLEGAL_STATE", "Not now.", "app-instance/a1", "STARTED", "STOPPED")).Select(Name));
        Assert.Equal("google.rpc.QuotaFailure", Name(Details(Failure.NoCapacity("QUOTA_BYTES", "Full.", "tenant/default"))[^1]));
        Assert.Equal(1, Details(Failure.Unavailable("STORE_UNAVAILABLE", "Away."))[^1].Unpack<Google.Rpc.RetryInfo>().RetryDelay.Seconds);
        Assert.Equal("page_size", Details(Failure.InvalidInput("PAGE_SIZE", "Too large.", "page_size"))[^1].Unpack<Google.Rpc.BadRequest>().FieldViolations[0].Field);
        Assert.Equal("req-7", Refused.ToRpcException("req-7").GetRpcStatus()!.Details.Single(d => d.Is(Google.Rpc.RequestInfo.Descriptor)).Unpack<Google.Rpc.RequestInfo>().RequestId);
    }

    [Theory]
    [InlineData("is missing; give a text of 1 to 255 letters.")]
    [InlineData("fehlt – größer als ✓ 名前 😀😀 ist nötig")]
    public void Details_of_any_failure_fit_into_the_headers_that_clients_take(string sentence)
    {
        var faults = Enumerable.Range(0, 500).Select(i => new Fault($"topology_template.node_templates.node{i}.properties", sentence)).ToList();
        var failure = Failure.InvalidInput("INVALID_REQUEST", string.Join("; ", faults), new string('s', 5000), faults);
        var sent = failure.ToRpcException("r");
        var status = sent.GetRpcStatus()!;
        Assert.InRange(status.CalculateSize(), 2000, 5300);
        Assert.InRange(Uri.EscapeDataString(sent.Status.Detail).Length, 400, 1200);
        var back = sent.ToFailure();
        Assert.InRange(back.Faults.Count, 5, 100);
        Assert.InRange(status.Details[^1].Unpack<Google.Rpc.BadRequest>().FieldViolations.Count, 5, 100);
        Assert.Equal(faults[0], back.Faults[0]);
        Assert.Equal(500, back.Faults.Count + back.FaultsLeftOut);
        Assert.Equal($"{back.FaultsLeftOut}", status.Details.Single(d => d.Is(Google.Rpc.ErrorInfo.Descriptor)).Unpack<Google.Rpc.ErrorInfo>().Metadata["faults_left_out"]);
        Assert.EndsWith("more are not shown here", status.Details[^1].Unpack<Google.Rpc.BadRequest>().FieldViolations[^1].Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_are_left_out_before_errors_and_what_is_shown_keeps_its_order()
    {
        var faults = Enumerable.Range(0, 300).Select(i => new Fault($"{i}", "says something of some length.", i % 10 == 9 ? FaultSeverity.Error : FaultSeverity.Warning)).ToList();
        var back = Failure.InvalidInput("INVALID_REQUEST", "Many.", "package/p1", faults).ToRpcException().ToFailure();
        Assert.Equal(300, back.Faults.Count + back.FaultsLeftOut);
        Assert.Equal(30, back.Faults.Count(f => f.Severity == FaultSeverity.Error));
        Assert.Equal(back.Faults.OrderBy(f => int.Parse(f.Path, System.Globalization.CultureInfo.InvariantCulture)), back.Faults);
    }

    [Fact]
    public void Standard_details_of_a_foreign_server_are_understood()
    {
        var status = new Google.Rpc.Status { Code = (int)StatusCode.InvalidArgument, Message = "wrong" };
        status.Details.Add(Any.Pack(new Google.Rpc.ErrorInfo { Type = "FLAVOR_UNKNOWN", Domain = "cloud.example" }));
        status.Details.Add(Any.Pack(new Google.Rpc.BadRequest { FieldViolations = { new Google.Rpc.BadRequest.Types.FieldViolation { Field = "flavor", Description = "is not there" } } }));
        var failure = status.ToRpcException().ToFailure();
        Assert.Equal((FailureKind.InvalidInput, "FLAVOR_UNKNOWN", "wrong", "flavor"), (failure.Kind, failure.Reason, failure.Message, Assert.Single(failure.Faults).Path));
    }

    private static List<Any> Details(Failure failure) => [.. failure.ToRpcException().GetRpcStatus()!.Details];

    private static string Name(Any detail) => Any.GetTypeName(detail.TypeUrl);

    private static void AssertSame(Failure expected, Failure actual)
    {
        Assert.Equal(expected.Faults, actual.Faults);
        Assert.Equal(expected with { Faults = [], AllowedStates = [] }, actual with { Faults = [], AllowedStates = [] });
    }
}

[JsonSerializable(typeof(Failure))]
internal sealed partial class FailureJson : JsonSerializerContext;
