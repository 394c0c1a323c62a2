using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Mano.Mesh.State;

/// <summary>What one commit shall do. Each key at most once; at most <see cref="MaxKeys"/> of them. Not thread-safe.</summary>
public sealed class Batch
{
    /// <summary>Expected version: whatever is there, or nothing.</summary>
    public const long Any = -1;

    /// <summary>Expected version: the key must not exist.</summary>
    public const long MustNotExist = 0;

    /// <summary>Keys in one batch. Enough for any operation; small enough that no commit delays the others.</summary>
    public const int MaxKeys = 1024;

    private readonly List<BatchItem> items = [];

    public IReadOnlyList<BatchItem> Items => items;

    /// <summary>The shard and epoch this commit is made under; null for keys that no shard owns.</summary>
    public ShardFence? Fence { get; private set; }

    /// <summary>Writes a JSON text in UTF-8.</summary>
    public Batch Put(string key, ReadOnlyMemory<byte> value, long expected = Any) => Add(new(key, BatchAction.Put, value, expected));

    /// <summary>Writes a value as JSON.</summary>
    public Batch Put<T>(string key, T value, JsonTypeInfo<T> type, long expected = Any) =>
        Put(key, JsonSerializer.SerializeToUtf8Bytes(value, type), expected);

    /// <summary>Deletes the key; with <see cref="Any"/> deleting nothing is fine.</summary>
    public Batch Delete(string key, long expected = Any) => Add(new(key, BatchAction.Delete, default, expected));

    /// <summary>Writes nothing, but the batch is refused if the key has another version.</summary>
    public Batch Check(string key, long expected) => Add(new(key, BatchAction.Check, default, expected));

    /// <summary>Commits only while the shard's epoch is this one.</summary>
    public Batch Under(ShardFence fence)
    {
        Fence = Fence is null || Fence == fence ? fence : throw new ArgumentException($"The batch is already under {Fence}.", nameof(fence));
        return this;
    }

    /// <summary>Adds everything of another batch.</summary>
    public Batch Append(Batch other)
    {
        foreach (var item in other.items)
        {
            Add(item);
        }

        return other.Fence is { } fence ? Under(fence) : this;
    }

    private Batch Add(BatchItem item)
    {
        StateKeys.Check(item.Key);
        if (item.Value.Length > StateKeys.MaxValueBytes || (item.Action == BatchAction.Put && item.Value.IsEmpty))
        {
            throw new ArgumentException($"The value of {item.Key} has {item.Value.Length} bytes; 1 to {StateKeys.MaxValueBytes} can be stored.");
        }

        if (items.Count == MaxKeys)
        {
            throw new ArgumentException($"A batch holds at most {MaxKeys} keys.");
        }

        foreach (var other in items)
        {
            if (other.Key == item.Key)
            {
                throw new ArgumentException($"The batch names {item.Key} twice; one commit changes a key once.");
            }
        }

        items.Add(item);
        return this;
    }
}

/// <summary>What a batch does with a key.</summary>
public enum BatchAction
{
    Put,
    Delete,
    Check,
}

/// <summary>One key of a batch.</summary>
public readonly record struct BatchItem(string Key, BatchAction Action, ReadOnlyMemory<byte> Value, long Expected)
{
    /// <summary>The new value, or null for none. (A plain null would become an empty memory: it converts from an array.)</summary>
    public ReadOnlyMemory<byte>? Written => Action == BatchAction.Put ? Value : default(ReadOnlyMemory<byte>?);
}
