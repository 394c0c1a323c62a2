using System.Security.Cryptography;
using System.Text;

namespace Mano.Mesh.State.Redis;

/// <summary>One of the Lua scripts beside this file; Redis knows it by its SHA-1.</summary>
internal sealed class RedisScript
{
    public static readonly RedisScript Open = new("open", check: false);
    public static readonly RedisScript Probe = new("probe");
    public static readonly RedisScript Get = new("get");
    public static readonly RedisScript Scan = new("scan");
    public static readonly RedisScript Changes = new("changes");
    public static readonly RedisScript Commit = new("commit");
    public static readonly RedisScript Acquire = new("acquire");
    public static readonly RedisScript Renew = new("renew");

    public static readonly IReadOnlyList<RedisScript> All = [Open, Probe, Get, Scan, Changes, Commit, Acquire, Renew];

    private RedisScript(string name, bool check = true)
    {
        Name = name;
        Text = check ? Read("check") + Read(name) : Read(name);
#pragma warning disable CA5350 // not a matter of security: it is how Redis names scripts
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
    }

    public string Name { get; }

    public string Text { get; }

    public byte[] Hash { get; }

    private static string Read(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream($"Mano.Mesh.State.Redis.{name}.lua")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
