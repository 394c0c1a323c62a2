using Google.Protobuf.WellKnownTypes;
using Mano.Lifecycle.V1;
using Mano.Meo.Northbound.Queries;
using Mano.Mesh.Failures;
using Mano.Onboarding.V1;

namespace Mano.Meo.Tests.Northbound.Queries;

/// <summary>Masks: what is left of a message, and what is refused.</summary>
public sealed class ReadMaskTests
{
    private static Operation AnOperation() => new()
    {
        OperationId = "op",
        AppInstanceId = "4f",
        Steps = { new Step { Name = "capacity", Message = "held", Attempts = 1 }, new Step { Name = "site", Message = "waits", Attempts = 2 } },
        Placement = new() { HostId = "h", SiteId = "s", Summary = "x" },
        StartTime = new() { Seconds = 5 },
    };

    [Theory]
    [InlineData("operation_id", """{ "operationId": "op" }""")]
    [InlineData("placement.site_id,operation_id", """{ "operationId": "op", "placement": { "siteId": "s" } }""")]
    [InlineData("placement,placement.site_id", """{ "placement": { "siteId": "s", "hostId": "h", "summary": "x" } }""")]
    [InlineData("placement.site_id,placement", """{ "placement": { "siteId": "s", "hostId": "h", "summary": "x" } }""")]
    [InlineData("steps.*.name", """{ "steps": [ { "name": "capacity" }, { "name": "site" } ] }""")]
    [InlineData("steps.name", """{ "steps": [ { "name": "capacity" }, { "name": "site" } ] }""")]
    [InlineData("steps.name,steps.*.attempts", """{ "steps": [ { "name": "capacity", "attempts": 1 }, { "name": "site", "attempts": 2 } ] }""")]
    [InlineData("start_time", """{ "startTime": "1970-01-01T00:00:05Z" }""")]
    [InlineData("failure.reason,deadline", "{ }")]
    public void Mask_leaves_what_it_names_and_the_original_as_it_is(string paths, string left)
    {
        var operation = AnOperation();
        var masked = Mask(paths).Apply(operation);
        Assert.Equal(Operation.Parser.ParseJson(left), masked);
        Assert.Equal(AnOperation(), operation);
    }

    [Fact]
    public void Absent_empty_and_asterisk_mean_everything()
    {
        var operation = AnOperation();
        Assert.Same(operation, ReadMask.Of(null, Operation.Descriptor).Apply(operation));
        Assert.Same(operation, ReadMask.Of(new FieldMask(), Operation.Descriptor).Apply(operation));
        Assert.Same(operation, Mask("*").Apply(operation));
        Assert.Same(operation, Mask("operation_id,*").Apply(operation));
    }

    [Fact]
    public void Maps_are_masked_by_their_keys()
    {
        var package = new AppPackage { AppPackageId = "p", UserDefinedData = { ["color"] = "blue", ["size"] = "m", ["a.b"] = "c" } };
        Assert.Equal(["color"], Keys("user_defined_data.color"));
        Assert.Equal(["a.b"], Keys("user_defined_data.`a.b`"));
        Assert.Equal(3, Keys("user_defined_data.*").Count());
        Assert.Equal(3, Keys("user_defined_data").Count());
        Assert.Empty(Keys("user_defined_data.none"));

        IEnumerable<string> Keys(string path) => ReadMask.Of(new() { Paths = { path } }, AppPackage.Descriptor).Apply(package).UserDefinedData.Keys;
    }

    [Fact]
    public void Every_path_that_is_none_is_named_with_those_that_are()
    {
        var failure = Assert.Throws<FailureException>(() => Mask("operation_id,plaxement,placement.sit,operation_id.x,steps.*.nam,,a..b")).Failure;
        Assert.Equal(FailureKind.InvalidInput, failure.Kind);
        var said = failure.Faults.Select(f => f.Message).ToList();
        Assert.All(failure.Faults, f => Assert.Equal("read_mask", f.Path));
        Assert.Equal(6, said.Count);
        Assert.Contains("\"plaxement\" is no field of Operation; those are operation_id, app_instance_id,", said[0], StringComparison.Ordinal);
        Assert.Contains("\"placement.sit\": \"sit\" is no field of PlacementDecision; those are host_id, site_id,", said[1], StringComparison.Ordinal);
        Assert.Contains("behind operation_id, which has no fields", said[2], StringComparison.Ordinal);
        Assert.Contains("\"nam\" is no field of Step; those are name, state,", said[3], StringComparison.Ordinal);
        Assert.Contains("is no path", said[4], StringComparison.Ordinal);
        Assert.Contains("is no path", said[5], StringComparison.Ordinal);
    }

    [Fact]
    public void Mask_is_bounded()
    {
        var many = new FieldMask();
        many.Paths.AddRange(Enumerable.Repeat("operation_id", ReadMask.MostPaths + 1));
        Assert.Contains("at most 100", Assert.Throws<FailureException>(() => ReadMask.Of(many, Operation.Descriptor)).Failure.Message, StringComparison.Ordinal);
        Assert.Throws<FailureException>(() => Mask(new string('x', 300)));
    }

    private static ReadMask Mask(string paths) => ReadMask.Of(new() { Paths = { paths.Split(',') } }, Operation.Descriptor);
}
