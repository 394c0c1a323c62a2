using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Mano.Granting.V1;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Meo.Tests.World;
using Mano.Onboarding.V1;

namespace Mano.Meo.Tests.Northbound;

/// <summary>Masks, filters, orders and pages of the services that are served, and that none of them is without.</summary>
public sealed class ReadingOverGrpcTests
{
    /// <summary>They answer with one text or number, or with bytes.</summary>
    private static readonly string[] NothingToMask = ["GetUploadOffset", "GetAppDescriptor"];

    private static IEnumerable<MethodDescriptor> Methods => new[]
    {
        OnboardingReflection.Descriptor, InventoryReflection.Descriptor, ReplicaReflection.Descriptor, LifecycleReflection.Descriptor,
        OperationReflection.Descriptor, PlacementReflection.Descriptor, GrantingReflection.Descriptor,
    }.SelectMany(p => p.Services).SelectMany(s => s.Methods);

    [Fact]
    public void Every_read_has_a_mask_and_every_list_has_pages_filter_and_order() => Assert.All(Methods, method =>
    {
        var fields = method.InputType.Fields.InFieldNumberOrder().Select(f => f.Name).ToList();
        if (method.Name.StartsWith("Get", StringComparison.Ordinal) || method.Name.StartsWith("List", StringComparison.Ordinal) || method.Name.StartsWith("Watch", StringComparison.Ordinal))
        {
            Assert.True(fields.Contains("read_mask") || NothingToMask.Contains(method.Name), method.FullName);
        }

        if (method.Name.StartsWith("List", StringComparison.Ordinal))
        {
            Assert.Subset(fields.ToHashSet(), new HashSet<string>(["page_size", "page_token", "filter", "order_by", "read_mask"]));
            Assert.NotNull(method.OutputType.FindFieldByName("next_page_token"));
        }
    });

    [Fact]
    public async Task Each_list_obeys_filter_order_and_mask()
    {
        await using var world = await MeoWorld.Start();
        var package = await world.Onboard(vcpus: 1);
        await world.Onboard("other-d");
        var running = await world.Running(package);
        var made = await world.Create(package);

        var packages = await world.Onboarding.ListAppPackagesAsync(new() { Filter = "app_d_id = other-d", ReadMask = Mask("app_d_id,resources.milli_cpu") });
        var only = Assert.Single(packages.AppPackages);
        Assert.Equal(("other-d", "", 2000L, 0L), (only.AppDId, only.AppPackageId, only.Resources.MilliCpu, only.Resources.MemoryMib));
        Assert.Equal(
            ["probe-d", "other-d"], (await world.Onboarding.ListAppPackagesAsync(new() { OrderBy = "app_d_id desc" })).AppPackages.Select(p => p.AppDId));

        var instances = await world.Lifecycle.ListAppInstancesAsync(new() { Filter = "instantiation_state = INSTANTIATED AND location.site_id = edge-a", ReadMask = Mask("app_instance_id,conditions.*.type") });
        var instance = Assert.Single(instances.AppInstances);
        Assert.Equal((running, ""), (instance.AppInstanceId, instance.AppDId));
        Assert.All(instance.Conditions, c => Assert.True(c.Type.Length > 0 && c.Message.Length == 0));
        Assert.Equal([made, running], (await world.Lifecycle.ListAppInstancesAsync(new() { OrderBy = "create_time desc" })).AppInstances.Select(a => a.AppInstanceId));

        var operations = await world.Operations.ListOperationsAsync(new() { Filter = $"app_instance_id = {running} AND state = COMPLETED", ReadMask = Mask("kind,steps.name") });
        Assert.Equal(Operation.Types.Kind.Instantiate, Assert.Single(operations.Operations).Kind);
        Assert.Empty((await world.Operations.ListOperationsAsync(new() { Filter = "state = FAILED" })).Operations);

        Assert.Equal("edge-a", Assert.Single((await world.Inventory.ListSitesAsync(new() { Filter = "health = ALIVE AND hosts.zone:zone-edge-a-1", ReadMask = Mask("site_id") })).Sites).SiteId);
        Assert.Empty((await world.Inventory.ListSitesAsync(new() { Filter = "hosts.maintenance:true" })).Sites);
        Assert.Equal(running, Assert.Single((await world.Granting.ListGrantsAsync(new() { Filter = "host_id = edge-a-1", OrderBy = "grant_time desc", ReadMask = Mask("grant_id") })).Grants).GrantId);
        Assert.Empty((await world.Inventory.ListDebtsAsync(new() { Filter = "reason = FORCED" })).Debts);
        Assert.Empty((await world.Inventory.ListFindingsAsync(new() { Filter = "kind = ORPHAN OR NOT resolved_time:*" })).Findings);
    }

    [Fact]
    public async Task Each_get_obeys_its_mask_and_what_was_masked_is_whole_for_the_next()
    {
        await using var world = await MeoWorld.Start();
        var running = await world.Running();
        var whole = await world.Get(running);
        var masked = (await world.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = running, ReadMask = Mask("dns_rules.*.state,location.zone") })).AppInstance;
        Assert.Equal(("", "zone-edge-a-1", ""), (masked.AppInstanceId, masked.Location.Zone, masked.Location.SiteId));
        Assert.Equal(whole, await world.Get(running));
        Assert.Equal("edge-a", (await world.Inventory.GetSiteAsync(new() { SiteId = "edge-a", ReadMask = Mask("site_id") })).Site.SiteId);
        Assert.Equal(new() { HostId = "edge-a-1" }, (await world.Granting.GetGrantAsync(new() { GrantId = running, ReadMask = Mask("host_id") })).Grant);
        var package = (await world.Onboarding.GetAppPackageAsync(new() { AppPackageId = whole.AppPackageId, ReadMask = Mask("onboarding_state") })).AppPackage;
        Assert.Equal(new() { OnboardingState = AppPackage.Types.OnboardingState.Onboarded }, package);
        var operation = (await world.Operations.ListOperationsAsync(new())).Operations[0].OperationId;
        Assert.Equal(new() { OperationId = operation }, (await world.Operations.GetOperationAsync(new() { OperationId = operation, ReadMask = Mask("operation_id") })).Operation);
    }

    [Fact]
    public async Task What_is_wrong_in_a_query_is_said_whatever_else_is_asked()
    {
        await using var world = await MeoWorld.Start();
        var mask = await Refused.With(StatusCode.InvalidArgument, () => world.Lifecycle.GetAppInstanceAsync(new() { AppInstanceId = "none", ReadMask = Mask("locaton") }));
        Assert.Contains("\"locaton\" is no field of AppInstance; those are app_instance_id,", mask.Message, StringComparison.Ordinal);
        Assert.Equal(["read_mask"], mask.Paths());
        Assert.Equal("BAD_FILTER", (await Refused.With(StatusCode.InvalidArgument, () => world.Granting.ListGrantsAsync(new() { AppInstanceId = "x y", Filter = "nothing" }))).Reason);
        Assert.Equal("BAD_ORDER_BY", (await Refused.With(StatusCode.InvalidArgument, () => world.Inventory.ListSitesAsync(new() { OrderBy = "hosts" }))).Reason);
        var sites = await world.Inventory.ListSitesAsync(new());
        Assert.Equal("", sites.NextPageToken);
    }

    private static FieldMask Mask(string paths) => new() { Paths = { paths.Split(',') } };
}
