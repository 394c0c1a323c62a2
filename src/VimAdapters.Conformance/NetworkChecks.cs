using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceCheck;
using static Mano.VimAdapters.Conformance.ConformanceWorld;

namespace Mano.VimAdapters.Conformance;

/// <summary>Networks are keyed and fenced like computes.</summary>
internal static class NetworkChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("networks",
    [
        Check("EnsureNetwork repeated and concurrent makes one network", RepeatedEnsure, Rules.NetworksAlike, Rules.SameKey, Rules.NetworkBusy, Rules.ListNetworks).Needing(VimCapability.Networks),
        Check("EnsureNetwork with another spec is ALREADY_EXISTS and changes nothing", OtherSpec, Rules.NetworkOther).Needing(VimCapability.Networks),
        Check("A lower number is ABORTED for networks too", LowerNumber, Rules.NetworkLower, Rules.NetworkDeleteLower).Needing(VimCapability.Networks),
        Check("EnsureNetwork that lands after its delete is ABORTED", LateEnsure, Rules.NetworkLower, Rules.Seals).Needing(VimCapability.Networks),
        Check("Deleting a network, and deleting none, repeated and concurrent, is OK", RepeatedDelete, Rules.NetworkGone, Rules.NetworkDeleteBusy, Rules.DeletingNothing).Needing(VimCapability.Networks),
        Check("A network has the addresses that were asked for, or some of its own", Addresses, Rules.Cidr).Needing(VimCapability.Networks),
        Check("A network whose addresses overlap with those of another is RESOURCE_EXHAUSTED", Overlapping, Rules.CidrTaken).Needing(VimCapability.Networks),
        Check("The ids of networks and of computes are apart", IdsApart, Rules.NetworksAlike).Needing(VimCapability.Networks),
        Check("What is ill-formed about a network is INVALID_ARGUMENT", IllFormed, Rules.IllFormed).Needing(VimCapability.Networks),
        Check("Networks without the capability are UNIMPLEMENTED", NotClaimed, Rules.NetworksNotClaimed, Rules.ListNetworksNotClaimed, Rules.DeleteNetworksNotClaimed, Rules.SpecNotClaimed),
    ]);

    public static NetworkSpec Spec(string name = "kit", string cidr = "") => new(name, cidr, new(Tenant, ""));

    public static async Task<IReadOnlyList<VimNetwork>> OursAsync(ConformanceWorld w) =>
        [.. (await w.Vim.ListNetworksAsync(w.Patience)).Where(n => n.Spec.Labels.Tenant == Tenant)];

    private static async Task RepeatedEnsure(ConformanceWorld w)
    {
        var made = await Task.WhenAll(Enumerable.Range(0, w.Subject.Repetitions).Select(_ => Task.Run(() => w.RetryBusyAsync(() => w.Vim.EnsureNetworkAsync(w.A, 1, Spec(), w.Patience)))));
        Equal(1, made.Select(n => n.Cidr).Distinct().Count(), "how many different networks were seen");
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            Equal(made[0], await w.Vim.EnsureNetworkAsync(w.A, 1, Spec(), w.Patience), "the network after a repetition");
        }

        Equal(7, (await w.Vim.EnsureNetworkAsync(w.A, 7, Spec(), w.Patience)).OperationNumber, "the number after a greater one");
        Equal(w.A, string.Join(" ", (await OursAsync(w)).Select(n => n.NetworkId)), "the list");
        Equal(Spec(), (await OursAsync(w))[0].Spec, "the spec in the list");
    }

    private static async Task OtherSpec(ConformanceWorld w)
    {
        var first = await w.Vim.EnsureNetworkAsync(w.A, 1, Spec(), w.Patience);
        foreach (var other in new[] { Spec("other"), Spec(cidr: "10.213.7.0/24"), Spec() with { Labels = new(Tenant, "other") } })
        {
            await RefusedAsync(FailureKind.AlreadyExists, () => w.Vim.EnsureNetworkAsync(w.A, 2, other, w.Patience), $"another {Spec().DifferenceFrom(other)}");
        }

        Equal(first, (await OursAsync(w)).Single(), "the network after refusals");
    }

    private static async Task LowerNumber(ConformanceWorld w)
    {
        await w.Vim.EnsureNetworkAsync(w.A, 10, Spec(), w.Patience);
        await StaleAsync(() => w.Vim.EnsureNetworkAsync(w.A, 9, Spec(), w.Patience), "number 9 after 10");
        await StaleAsync(() => w.Vim.DeleteNetworkIfAnyAsync(w.A, 9, w.Patience), "a delete with number 9 after 10");
        Equal(1, (await OursAsync(w)).Count, "the number of networks");
    }

    private static async Task LateEnsure(ConformanceWorld w)
    {
        await w.Vim.EnsureNetworkAsync(w.A, 10, Spec(), w.Patience);
        await w.Vim.DeleteNetworkIfAnyAsync(w.A, 11, w.Patience);
        await w.Vim.DeleteNetworkIfAnyAsync(w.B, 5, w.Patience);
        for (var i = 0; i < w.Subject.Repetitions; i++)
        {
            await StaleAsync(() => w.Vim.EnsureNetworkAsync(w.A, 10, Spec(), w.Patience), "the create, after the delete");
            await StaleAsync(() => w.Vim.EnsureNetworkAsync(w.A, 11, Spec(), w.Patience), "a create with the delete's number");
            await StaleAsync(() => w.Vim.EnsureNetworkAsync(w.B, 5, Spec(), w.Patience), "a create with the number of a delete of nothing");
        }

        Equal(0, (await OursAsync(w)).Count, "the number of networks");
        await w.Vim.EnsureNetworkAsync(w.A, 12, Spec("another life"), w.Patience);
    }

    private static async Task RepeatedDelete(ConformanceWorld w)
    {
        await w.Vim.DeleteNetworkIfAnyAsync(w.B, 1, w.Patience);
        await w.Vim.EnsureNetworkAsync(w.A, 1, Spec(), w.Patience);
        await Task.WhenAll(Enumerable.Range(0, w.Subject.Repetitions).Select(_ => Task.Run(() => w.RetryBusyAsync(async () =>
        {
            await w.Vim.DeleteNetworkIfAnyAsync(w.A, 2, w.Patience);
            Equal(0, (await OursAsync(w)).Count, "the number of networks after a delete said OK");
        }))));
    }

    private static async Task Addresses(ConformanceWorld w)
    {
        Equal("10.213.8.0/24", (await w.Vim.EnsureNetworkAsync(w.A, 1, Spec(cidr: "10.213.8.0/24"), w.Patience)).Cidr, "the cidr that was asked for");
        var chosen = (await w.Vim.EnsureNetworkAsync(w.B, 1, Spec(), w.Patience)).Cidr;
        True(System.Net.IPNetwork.TryParse(chosen, out _), $"the cidr that the VIM chose: '{chosen}'", "addresses, as 10.20.0.0/24");
        Equal(chosen, (await OursAsync(w)).Single(n => n.NetworkId == w.B).Cidr, "the cidr in the list");
    }

    private static async Task Overlapping(ConformanceWorld w)
    {
        await w.Vim.EnsureNetworkAsync(w.A, 1, Spec(cidr: "10.213.9.0/24"), w.Patience);
        try
        {
            await w.Vim.EnsureNetworkAsync(w.B, 1, Spec(cidr: "10.213.9.0/25"), w.Patience);
        }
        catch (FailureException e) when (e.Failure.Kind == FailureKind.NoCapacity)
        {
            Equal(1, (await OursAsync(w)).Count, "the number of networks");
            return;
        }

        throw new NotShownException("this VIM keeps networks with the same addresses apart");
    }

    private static async Task IdsApart(ConformanceWorld w)
    {
        await w.Vim.EnsureNetworkAsync(w.A, 5, Spec(), w.Patience);
        await w.RunningAsync(w.A);
        await w.Vim.DeleteNetworkIfAnyAsync(w.A, 6, w.Patience);
        Equal(ComputeState.Running, (await w.Vim.GetComputeAsync(w.A, w.Patience))?.State, "the compute with the id of a deleted network");
        Equal(0, (await OursAsync(w)).Count, "the number of networks");
    }

    private static async Task IllFormed(ConformanceWorld w)
    {
        foreach (var id in new[] { "", "a/b", ".x", new string('x', 129) })
        {
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureNetworkAsync(id, 1, Spec(), w.Patience), $"id '{id}'");
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.DeleteNetworkIfAnyAsync(id, 1, w.Patience), $"id '{id}'");
        }

        foreach (var cidr in new[] { "net", "10.0.0.0", "10.0.0.1/24", "10.0.0.0/33" })
        {
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureNetworkAsync(w.A, 1, Spec(cidr: cidr), w.Patience), $"cidr '{cidr}'");
        }

        await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureNetworkAsync(w.A, 0, Spec(), w.Patience), "number 0");
        await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.DeleteNetworkIfAnyAsync(w.A, -1, w.Patience), "number -1");
        await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureNetworkAsync(w.A, 1, Spec() with { Labels = new("", "") }, w.Patience), "no tenant");
        Equal(0, (await OursAsync(w)).Count, "the number of networks");
    }

    private static async Task NotClaimed(ConformanceWorld w)
    {
        w.IsNotClaimed(VimCapability.Networks);
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.EnsureNetworkAsync(w.A, 1, Spec(), w.Patience), "EnsureNetwork");
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.ListNetworksAsync(w.Patience), "ListNetworks");
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.DeleteNetworkIfAnyAsync(w.A, 1, w.Patience), "DeleteNetworkIfAny");
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        await RefusedAsync(FailureKind.Unimplemented, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { Networks = [w.B] }, w.Patience), "a compute on a network");
    }
}
