using System.Security.Cryptography;
using Mano.Mesh.Failures;

namespace Mano.Mepm.Vims;

/// <summary>A key that secrets are encrypted under.</summary>
/// <param name="Id">The beginning of the key's SHA-256: says which one it is, and nothing of it.</param>
/// <param name="Bytes">256 bits.</param>
internal sealed record DataKey(string Id, byte[] Bytes)
{
    public const int Size = 32;

    public static DataKey Of(byte[] bytes) => new(Convert.ToHexStringLower(SHA256.HashData(bytes))[..8], bytes);

    public override string ToString() => $"key {Id}";
}

/// <summary>
/// The file with the data key: lines of 32 bytes in base64, the last of which is the one in use; the others only decrypt, while a
/// rotation is under way. Of its own folder the process makes the file when it first needs it, for itself alone to read; a file
/// that the operator names, or that systemd hands over, must be there.
/// </summary>
/// <param name="path">The file.</param>
/// <param name="isOurs">Whether this process makes and rewrites it.</param>
internal sealed class DataKeyFile(string path, bool isOurs)
{
    /// <summary>The name under which systemd hands the key over (LoadCredential=).</summary>
    public const string Credential = "mano-mepm-key";

    public const string FileName = "mepm.key";

    private readonly Lock gate = new();
    private IReadOnlyList<DataKey>? known;

    public string Path => path;

    public bool IsOurs => isOurs;

    /// <summary>The file that was named; else systemd's credential; else our own in the data folder.</summary>
    public static DataKeyFile Find(string? named, string? credentials, string dataFolder)
    {
        if (named is not null)
        {
            return new(System.IO.Path.GetFullPath(named), isOurs: false);
        }

        return credentials is not null && System.IO.Path.Combine(credentials, Credential) is var handed && File.Exists(handed)
            ? new(handed, isOurs: false)
            : new(System.IO.Path.Combine(dataFolder, FileName), isOurs: true);
    }

    /// <summary>Refuses a file of the operator's that is missing, is no key, or that everybody may read; before anything starts.</summary>
    public void Check()
    {
        if (!isOurs || File.Exists(path))
        {
            _ = Keys();
        }
    }

    /// <summary>The key in use; made where there is none yet.</summary>
    public DataKey Current()
    {
        lock (gate)
        {
            if (isOurs && !File.Exists(path))
            {
                known = null;
                Write([DataKey.Of(RandomNumberGenerator.GetBytes(DataKey.Size))]);
            }

            return Keys()[^1];
        }
    }

    /// <summary>One key by its id; null where the file does not have it.</summary>
    public DataKey? Find(string id)
    {
        lock (gate)
        {
            return isOurs && !File.Exists(path) ? null : Keys().FirstOrDefault(k => k.Id == id);
        }
    }

    /// <summary>Puts a new key into use; the old ones go on decrypting until they are forgotten.</summary>
    public DataKey Renew()
    {
        lock (gate)
        {
            _ = Current();
            Write([.. Keys(), DataKey.Of(RandomNumberGenerator.GetBytes(DataKey.Size))]);
            return Keys()[^1];
        }
    }

    /// <summary>Forgets every key but the one in use.</summary>
    public void ForgetOld()
    {
        lock (gate)
        {
            Write([Keys()[^1]]);
        }
    }

    private IReadOnlyList<DataKey> Keys()
    {
        lock (gate)
        {
            return known ??= Read();
        }
    }

    private List<DataKey> Read()
    {
        try
        {
            if ((File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
            {
                throw Refused($"everybody on this machine may read or write it; 'chmod 600 {path}' mends that.");
            }

            var keys = File.ReadAllLines(path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').Select(ReadLine).ToList();
            return keys.Count > 0 ? keys : throw Refused("it has no key in it; 'head -c 32 /dev/urandom | base64' makes one.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refused($"{e.Message} 'head -c 32 /dev/urandom | base64' makes a key.");
        }
    }

    private DataKey ReadLine(string line)
    {
        var bytes = new byte[DataKey.Size + 1];
        return Convert.TryFromBase64String(line, bytes, out var size) && size == DataKey.Size
            ? DataKey.Of(bytes[..DataKey.Size])
            : throw Refused("a line of it is not 32 bytes in base64; 'head -c 32 /dev/urandom | base64' makes one.");
    }

    /// <summary>Beside the file, to disk, and then over it: a crash leaves the old one or the new one.</summary>
    private void Write(IReadOnlyList<DataKey> keys)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        var beside = path + ".new";
        File.Delete(beside);
        using (var stream = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        using (var text = new StreamWriter(stream))
        {
            text.WriteLine("# The key to this site's stored credentials: keep it apart from backups of the store.");
            foreach (var key in keys)
            {
                text.WriteLine(Convert.ToBase64String(key.Bytes));
            }

            text.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, path, overwrite: true);
        known = keys;
    }

    private FailureException Refused(string why) => Failure.InvalidInput("KEY_FILE", $"The key file {path} cannot be used: {why}", path).ToException();
}
