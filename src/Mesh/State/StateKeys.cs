namespace Mano.Mesh.State;

/// <summary>What may be a key.</summary>
public static class StateKeys
{
    public const int MaxLength = 512;
    public const int MaxValueBytes = 4 * 1024 * 1024;

    /// <summary>Throws unless the key is 1 to 512 printable ASCII characters without spaces: such keys sort alike in every store.</summary>
    public static void Check(string key)
    {
        if (key.Length is 0 or > MaxLength || !IsPrefix(key))
        {
            throw new ArgumentException($"'{key}' cannot be a key: 1 to {MaxLength} printable ASCII characters without spaces can.", nameof(key));
        }
    }

    /// <summary>Throws unless some key can start with this.</summary>
    public static void CheckPrefix(string prefix)
    {
        if (prefix.Length > MaxLength || !IsPrefix(prefix))
        {
            throw new ArgumentException($"No key can start with '{prefix}': keys are printable ASCII characters without spaces.", nameof(prefix));
        }
    }

    /// <summary>The first text that sorts after every key with this prefix. '~' is the last printable character, DEL comes after it.</summary>
    public static string EndOf(string prefix) => prefix + '\u007f';

    private static bool IsPrefix(string text) => !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
