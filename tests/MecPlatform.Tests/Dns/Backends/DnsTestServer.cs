using System.Net;
using System.Reflection;
using Xunit.Sdk;

namespace Mano.MecPlatform.Tests.Dns.Backends;

/// <summary>A DNS server as a backend needs it in a test, with a zone edge.example of its own.</summary>
public abstract class DnsTestServer : IAsyncDisposable
{
    public const string Zone = "edge.example";

    /// <summary>Every TTL in these tests, for one of the servers has one for all.</summary>
    public const int Ttl = 7;

    /// <summary>Where it answers users.</summary>
    public IPEndPoint Address { get; } = new(IPAddress.Loopback, DaemonProcess.FreePort());

    /// <summary>How a platform is told of it.</summary>
    public abstract string[] PlatformFlags { get; }

    /// <summary>Starts it, again after <see cref="Kill"/> with what it holds, and waits until it answers.</summary>
    public abstract Task Start();

    public abstract Task Kill();

    /// <summary>While it is down: everything of the platform's goes, as after a restore.</summary>
    public abstract Task LoseWhatIsOurs();

    /// <summary>A record that is the operator's.</summary>
    public abstract Task AddForeign(string name, string address);

    public abstract Task RemoveForeign(string name);

    /// <summary>Puts a record there as the platform marks its own.</summary>
    public abstract Task Plant(string appInstanceId, string name, string address);

    public abstract ValueTask DisposeAsync();

    public override string ToString() => GetType().Name;
}

/// <summary>No server: the platform answers by itself.</summary>
internal sealed class NoServer : DnsTestServer
{
    public override string[] PlatformFlags => [];

    public override Task Start() => Task.CompletedTask;

    public override Task Kill() => Task.CompletedTask;

    public override Task LoseWhatIsOurs() => Task.CompletedTask;

    public override Task AddForeign(string name, string address) => throw new NotSupportedException();

    public override Task RemoveForeign(string name) => throw new NotSupportedException();

    public override Task Plant(string appInstanceId, string name, string address) => throw new NotSupportedException();

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Runs a theory with one backend; skipped, with the reason, where its server is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class BackendAttribute : DataAttribute
{
    private readonly string kind;

    protected BackendAttribute(string kind, params string[] files)
    {
        this.kind = kind;
        if (files.FirstOrDefault(f => !File.Exists(f)) is { } missing)
        {
            Skip = $"needs {missing}, which is not there: run tests/install";
        }
    }

    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[kind]];

    internal static DnsTestServer Server(string kind) => kind switch
    {
        "powerdns" => new PowerDnsServer(),
        "dnsmasq" => new DnsmasqServer(),
        _ => new NoServer(),
    };
}

/// <summary>With the responder of the platform itself.</summary>
public sealed class EmbeddedAttribute() : BackendAttribute("embedded");

/// <summary>With a real PowerDNS on SQLite.</summary>
public sealed class PowerDnsAttribute() : BackendAttribute("powerdns", PowerDnsServer.Program, PowerDnsServer.Schema);

/// <summary>With a real dnsmasq.</summary>
public sealed class DnsmasqAttribute() : BackendAttribute("dnsmasq", DnsmasqServer.Program);
