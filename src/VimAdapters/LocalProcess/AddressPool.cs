using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalProcess;

/// <summary>Gives each compute an address of its own on which its declared ports are free.</summary>
internal sealed class AddressPool(AddressRange range, SiteNetwork network)
{
    // A port taken on this many addresses in a row is taken on all: something listens on 0.0.0.0.
    private const int Tries = 8;

    public string At(int slot) => range.At(slot);

    /// <summary>The slot for a compute; refuses when no address is free, or its ports are taken everywhere.</summary>
    public int Choose(string computeId, ComputeSpec spec, IReadOnlySet<int> taken)
    {
        if (spec.Address.Length > 0)
        {
            var wanted = range.SlotOf(spec.Address) ?? throw VimFailures.NoRoom($"compute/{computeId}", $"Address {spec.Address} lies outside {range}, the range of this VIM.").ToException();
            return taken.Contains(wanted)
                ? throw VimFailures.NoRoom($"compute/{computeId}", $"Address {spec.Address} is taken by another compute.").ToException()
                : wanted;
        }

        var free = Enumerable.Range(0, range.Count).Where(s => !taken.Contains(s)).Take(Tries).ToArray();
        var busy = "";
        foreach (var slot in free)
        {
            if (spec.Ports.FirstOrDefault(p => !network.IsFree(range.At(slot), p)) is not { } port)
            {
                return slot;
            }

            busy = $"Port {port.Number}/{port.Transport} is taken on {range.At(free[0])} and the next addresses: something else listens on it, perhaps on all addresses (0.0.0.0).";
        }

        throw VimFailures.NoRoom($"compute/{computeId}", busy.Length > 0 ? busy : $"All {range.Count} addresses of {range} are taken.").ToException();
    }
}
