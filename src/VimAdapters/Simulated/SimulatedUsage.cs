using Mano.VimAdapters.Addressing;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Simulated;

/// <summary>
/// What the computes take of the VIM, kept up to date with each change, so that a new compute does not count them all.
/// Not thread-safe.
/// </summary>
internal sealed class SimulatedUsage(AddressRange range)
{
    private readonly HashSet<string> addresses = new(StringComparer.Ordinal);
    private readonly SortedSet<int> givenBack = [];
    private int untouched;

    public VimResources Resources { get; private set; }

    /// <summary>The compute of a key was this and is that now.</summary>
    public void Change(SimulatedCompute? before, SimulatedCompute? after)
    {
        if (before is not null)
        {
            Resources -= before.Spec.Resources;
            GiveBack(before.Address);
        }

        if (after is not null)
        {
            Resources += after.Spec.Resources;
            addresses.Add(after.Address);
        }
    }

    public bool IsTaken(string address) => addresses.Contains(address);

    /// <summary>The lowest address that is free; null when all are taken.</summary>
    public string? FreeAddress()
    {
        while (givenBack.Count > 0)
        {
            var slot = givenBack.Min;
            if (range.At(slot) is var address && !IsTaken(address))
            {
                return address;
            }

            givenBack.Remove(slot);
        }

        for (; untouched < range.Count; untouched++)
        {
            if (range.At(untouched) is var address && !IsTaken(address))
            {
                return address;
            }
        }

        return null;
    }

    private void GiveBack(string address)
    {
        addresses.Remove(address);
        if (range.SlotOf(address) is { } slot && slot < untouched)
        {
            givenBack.Add(slot);
        }
    }
}
