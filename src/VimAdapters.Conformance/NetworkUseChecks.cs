using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;
using static Mano.VimAdapters.Conformance.ConformanceCheck;
using static Mano.VimAdapters.Conformance.ConformanceWorld;

namespace Mano.VimAdapters.Conformance;

/// <summary>Computes on networks.</summary>
internal static class NetworkUseChecks
{
    public static IReadOnlyList<ConformanceCheck> All { get; } = GroupOf("networks",
    [
        Check("A compute on two networks has an address of each, in their order", OnTwo, Rules.OnNetworks, Rules.EnsureNetwork).Needing(VimCapability.Networks),
        Check("A compute on a network that is not there is FAILED_PRECONDITION and leaves nothing", OnNone, Rules.NoNetwork).Needing(VimCapability.Networks),
        Check("A network with a compute on it is not deleted, and its number is not sealed", InUse, Rules.NetworkInUse).Needing(VimCapability.Networks),
        Check("Other networks under the same key are ALREADY_EXISTS", OtherNetworks, Rules.EnsureOther).Needing(VimCapability.Networks),
        Check("More than 8 networks, and one given twice, are INVALID_ARGUMENT", TooMany, Rules.OnNetworks, Rules.IllFormed).Needing(VimCapability.Networks),
    ]);

    private static async Task OnTwo(ConformanceWorld w)
    {
        var first = await w.Vim.EnsureNetworkAsync(w.A, 1, NetworkChecks.Spec(), w.Patience);
        var second = await w.Vim.EnsureNetworkAsync(w.B, 1, NetworkChecks.Spec(), w.Patience);
        await w.RunningAsync(w.C, w.Spec() with { Networks = [w.B, w.A] });
        var compute = await w.ReachesAsync(w.C, "two addresses", c => c.Addresses.Count >= 2);
        IsOf(second, compute.Addresses[0]);
        IsOf(first, compute.Addresses[1]);
        Equal($"{w.B} {w.A}", string.Join(" ", compute.Spec.Networks), "its networks");
    }

    private static async Task OnNone(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        var before = await w.UsedAsync();
        await RefusedAsync(FailureKind.IllegalState, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { Networks = [w.B] }, w.Patience), "a network that is not there");
        True(await w.Vim.GetComputeAsync(w.A, w.Patience) is null, "the refused create left a compute");
        Equal(before, await w.UsedAsync(), "used capacity");
    }

    private static async Task InUse(ConformanceWorld w)
    {
        await w.Vim.EnsureNetworkAsync(w.B, 1, NetworkChecks.Spec(), w.Patience);
        await w.RunningAsync(w.A, w.Spec() with { Networks = [w.B] });
        await RefusedAsync(FailureKind.IllegalState, () => w.Vim.DeleteNetworkIfAnyAsync(w.B, 2, w.Patience), "a network in use");
        await w.Vim.EnsureNetworkAsync(w.B, 2, NetworkChecks.Spec(), w.Patience);
        await w.Vim.DeleteComputeIfAnyAsync(w.A, w.Next(), w.Patience);
        await w.Vim.DeleteNetworkIfAnyAsync(w.B, 2, w.Patience);
        Equal(0, (await NetworkChecks.OursAsync(w)).Count, "the number of networks");
    }

    private static async Task OtherNetworks(ConformanceWorld w)
    {
        await w.Vim.EnsureNetworkAsync(w.B, 1, NetworkChecks.Spec(), w.Patience);
        await w.RunningAsync(w.A);
        await RefusedAsync(FailureKind.AlreadyExists, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { Networks = [w.B] }, w.Patience), "another network");
    }

    private static async Task TooMany(ConformanceWorld w)
    {
        await w.Vim.EnsureImageAsync(w.Subject.Image, w.Patience);
        string[][] wrong = [[.. Enumerable.Range(0, 9).Select(i => $"n{i}")], ["n", "n"], ["a/b"], [""]];
        foreach (var networks in wrong)
        {
            await RefusedAsync(FailureKind.InvalidInput, () => w.Vim.EnsureComputeAsync(w.A, w.Next(), w.Spec() with { Networks = networks }, w.Patience), $"networks {string.Join(", ", networks)}");
        }
    }

    private static void IsOf(VimNetwork network, string address) =>
        True(IPAddress.TryParse(address, out var parsed) && IPNetwork.TryParse(network.Cidr, out var cidr) && cidr.Contains(parsed), $"address {address} on network {network.NetworkId}", $"one of {network.Cidr}");
}
