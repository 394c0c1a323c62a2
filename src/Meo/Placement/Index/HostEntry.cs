using System.Numerics;
using Mano.Meo.Placement.Geography;
using Mano.Meo.Placement.Scorers;

namespace Mano.Meo.Placement.Index;

/// <summary>A host in the index, with what is worked out of it once and its place in the order.</summary>
internal sealed class HostEntry
{
    private const int Buckets = 16;
    private readonly int size;
    private readonly int bucket;

    public HostEntry(HostModel host, HostTraits traits)
    {
        Host = host;
        Traits = traits;
        Ring = TieBreak.PlaceOf(host.HostId);
        Free = host.Free;
        Scarcest = FreePart.Scarcest(Free, host.Total);
        Place = host.Location is { } place ? GeoBox.Of(place) : null;
        Packages = host.Packages.IsEmpty ? 0 : MarksOf(host);
        size = (Octaves(host.Total.MilliCpu) * 100 * 100) + (Octaves(host.Total.MemoryMib) * 100) + Octaves(host.Total.DiskGib);
        bucket = (int)(Scarcest * Buckets);
    }

    public HostModel Host { get; }

    public HostTraits Traits { get; }

    /// <summary>See <see cref="TieBreak"/>.</summary>
    public ulong Ring { get; }

    public ResourceAmount Free { get; }

    /// <summary>The scarcest resource's free part: 0 to 1.</summary>
    public double Scarcest { get; }

    /// <summary>Null when nobody said where its site is.</summary>
    public GeoBox? Place { get; }

    /// <summary>The marks of the packages that have an instance here.</summary>
    public ulong Packages { get; }

    /// <summary>One bit of 64 for a package: two packages may have the same.</summary>
    public static ulong MarkOf(string appPkgId) => 1UL << (int)(StableHash.Of("package", appPkgId) >> 58);

    /// <summary>
    /// Hosts that a request would find alike lie together: same class, about the same size, the same nearness, about as empty;
    /// then round the ring. Correctness does not hang on this order, only how few groups are looked at.
    /// </summary>
    public static int Compare(HostEntry left, HostEntry right)
    {
        var order = left.Traits.Order.CompareTo(right.Traits.Order);
        order = order != 0 ? order : left.size.CompareTo(right.size);
        order = order != 0 ? order : left.Host.LatencyNs.CompareTo(right.Host.LatencyNs);
        order = order != 0 ? order : left.bucket.CompareTo(right.bucket);
        order = order != 0 ? order : left.Ring.CompareTo(right.Ring);
        return order != 0 ? order : string.CompareOrdinal(left.Host.HostId, right.Host.HostId);
    }

    private static ulong MarksOf(HostModel host) => host.Packages.Keys.Aggregate(0UL, (marks, package) => marks | MarkOf(package));

    /// <summary>Half octaves: sizes within a factor of 1.41 are alike.</summary>
    private static int Octaves(long amount) => amount <= 0 ? 0 : 1 + BitOperations.Log2((ulong)Math.Min(amount, int.MaxValue) * (ulong)Math.Min(amount, int.MaxValue));
}
