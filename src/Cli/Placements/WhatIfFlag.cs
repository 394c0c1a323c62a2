using System.CommandLine;
using System.Globalization;
using Google.Protobuf;
using Mano.Cli.Terminal;
using Mano.Inventory.V1;
using Mano.Lifecycle.V1;
using Mano.Mesh.Failures;

namespace Mano.Cli.Placements;

/// <summary><c>--what-if lost=HOST|SITE</c> and <c>--what-if add=FILE|id=edge-x,cpu=16,…</c>: the fleet as somebody imagines it.</summary>
internal sealed class WhatIfFlag
{
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const string Known = "id, site, zone, cpu, memory (MiB), disk (GiB), latency (ms), kinds, arch, hardware, networks, cost and watts are known";

    public Option<string[]> Flag { get; } = new("--what-if")
    {
        Description = "as if a host or site were lost (lost=HOST), or a host added (add=FILE with JSON, or add=id=edge-x,zone=a,cpu=16,memory=65536,disk=500); may be repeated",
        HelpName = "CHANGE",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Null when nothing is imagined.</summary>
    public WhatIf? Read(Invocation run)
    {
        var changes = run.Get(Flag) ?? [];
        var imagined = new WhatIf();
        foreach (var change in changes)
        {
            if (change.StartsWith("lost=", StringComparison.Ordinal))
            {
                imagined.Lost.Add(change["lost=".Length..]);
            }
            else if (change.StartsWith("add=", StringComparison.Ordinal))
            {
                var what = change["add=".Length..];
                imagined.Added.Add(what.Contains('=', StringComparison.Ordinal) ? Parse(what) : ReadFile(what));
            }
            else
            {
                throw Wrong(change, "write lost=HOST, lost=SITE, add=FILE or add=id=edge-x,zone=a,cpu=16,memory=65536,disk=500");
            }
        }

        return changes.Length == 0 ? null : imagined;
    }

    private static AddedHost ReadFile(string file)
    {
        try
        {
            return JsonParser.Default.Parse<AddedHost>(File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidProtocolBufferException)
        {
            throw Wrong(file, $"it is to be a file with {{\"siteId\": …, \"host\": {{\"hostId\": …, \"zone\": …, \"total\": …}}}}: {e.Message}");
        }
    }

    private static AddedHost Parse(string text)
    {
        var added = new AddedHost { Host = new MecHost { Healthy = true, Total = new() } };
        foreach (var part in text.Split(','))
        {
            var (name, value) = part.Split('=', 2) is [var left, var right] ? (left, right) : throw Wrong(text, $"'{part}' is no NAME=VALUE; {Known}");
            Set(added, name, value, text);
        }

        return added;
    }

    private static void Set(AddedHost added, string name, string value, string text)
    {
        var host = added.Host;
        switch (name)
        {
            case "id": host.HostId = value; break;
            case "site": added.SiteId = value; break;
            case "zone": host.Zone = value; break;
            case "arch": host.CpuArchitecture = value; break;
            case "kinds": host.WorkloadKinds.AddRange(value.Split('+')); break;
            case "hardware": host.Hardware.AddRange(value.Split('+')); break;
            case "networks": host.Networks.AddRange(value.Split('+')); break;
            case "cpu": host.Total.MilliCpu = (long)(Number(value, text) * 1000); break;
            case "memory": host.Total.MemoryMib = (long)Number(value, text); break;
            case "disk": host.Total.DiskGib = (long)Number(value, text); break;
            case "latency": host.LatencyNs = (long)(Number(value.EndsWith("ms", StringComparison.Ordinal) ? value[..^2] : value, text) * NanosecondsPerMillisecond); break;
            case "cost": host.Cost = Number(value, text); break;
            case "watts": host.WattsPerCpu = Number(value, text); break;
            default: throw Wrong(text, $"'{name}' is not known; {Known}");
        }
    }

    private static double Number(string value, string text) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1e12
            ? number
            : throw Wrong(text, $"'{value}' is no number of at least 0");

    private static FailureException Wrong(string what, string why) => Failure.InvalidInput("WHAT_IF", $"'{what}' cannot be imagined: {why}.", what).ToException();
}
