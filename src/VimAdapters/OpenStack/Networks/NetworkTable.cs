using System.Text.Json.Serialization;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Storage;

namespace Mano.VimAdapters.OpenStack.Networks;

/// <summary>What the adapter intends with one network, and after its end its numbers.</summary>
internal sealed record NetworkRecord
{
    public required string NetworkId { get; init; }

    public required Fence Fence { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>As it was asked for; null: it is gone, and only its numbers are remembered.</summary>
    public NetworkSpec? Spec { get; init; }

    /// <summary>Its addresses, chosen before Neutron was asked.</summary>
    public string Cidr { get; init; } = "";

    /// <summary>Neutron's id; empty: it is not made yet.</summary>
    public string CloudId { get; init; } = "";

    public bool Deleting { get; init; }
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true, WriteIndented = false)]
[JsonSerializable(typeof(NetworkRecord))]
internal sealed partial class NetworkJson : JsonSerializerContext;

/// <summary>The networks' records, in memory and on disk; the disk is written first.</summary>
internal sealed class NetworkTable
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<string, NetworkRecord> records = new(StringComparer.Ordinal);
    private readonly string folder;

    public NetworkTable(OpenStackFolder folder, DateTimeOffset forgetBefore)
    {
        this.folder = folder.Networks;
        foreach (var path in Directory.EnumerateFiles(this.folder, "*.json"))
        {
            var record = AtomicFile.ReadIfAny(path, NetworkJson.Default.NetworkRecord)!;
            records[record.NetworkId] = record;
        }

        Forget(forgetBefore);
    }

    /// <summary>The networks that are there, or shall be.</summary>
    public IReadOnlyList<NetworkRecord> All
    {
        get
        {
            lock (gate)
            {
                return [.. records.Values.Where(r => r.Spec is not null)];
            }
        }
    }

    public NetworkRecord? Find(string networkId)
    {
        lock (gate)
        {
            return records.GetValueOrDefault(networkId) is { Spec: not null } there ? there : null;
        }
    }

    public Fence FenceOf(string networkId)
    {
        lock (gate)
        {
            return records.GetValueOrDefault(networkId)?.Fence ?? new Fence();
        }
    }

    public NetworkRecord Put(NetworkRecord record)
    {
        lock (gate)
        {
            AtomicFile.Write(Path.Combine(folder, record.NetworkId + ".json"), record, NetworkJson.Default.NetworkRecord);
            records[record.NetworkId] = record;
            return record;
        }
    }

    /// <summary>Drops the numbers of what is long gone.</summary>
    public void Forget(DateTimeOffset before)
    {
        lock (gate)
        {
            foreach (var old in records.Values.Where(r => r.Spec is null && r.At < before).ToArray())
            {
                File.Delete(Path.Combine(folder, old.NetworkId + ".json"));
                records.Remove(old.NetworkId);
            }
        }
    }
}
