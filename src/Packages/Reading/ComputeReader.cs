using Mano.Packages.AppD;
using Mano.Packages.Documents;

namespace Mano.Packages.Reading;

/// <summary>Compute of IFA 011, as an attribute of the AppD or as the capability of a TOSCA Vdu.Compute.</summary>
internal static class ComputeReader
{
    internal static VirtualComputeDescriptor Read(Attributes a, string id)
    {
        var cpu = a.Object("virtual CPU", "virtualCpu");
        var memory = a.Object("virtual memory", "virtualMemory");
        var compute = new VirtualComputeDescriptor
        {
            VirtualComputeDescId = a.Text("virtualComputeDescId") ?? id,
            VirtualCpu = cpu is null ? a.Missing(["virtualCpu"], new VirtualCpu { NumVirtualCpu = 0 }) : ReadCpu(cpu),
            VirtualMemory = memory is null ? a.Missing(["virtualMemory"], new VirtualMemory { VirtualMemSize = 0 }) : ReadMemory(memory),
            VirtualDisk = [.. a.Objects("virtual disk", "virtualDisk", "virtualLocalStorage").Select(ReadDisk)],
            LogicalNode = ReadLogicalNodes(a),
            RequestAdditionalCapabilities = ReadCapabilities(a),
            ComputeRequirements = Joined(a.Pairs("computeRequirements")),
        };
        a.ReportUnknown();
        return a.Context.Sources.Remember(compute, a);
    }

    internal static BlockStorageData ReadDisk(Attributes a)
    {
        var disk = new BlockStorageData
        {
            SizeOfStorage = Quantity.Gibibytes(a, "sizeOfStorage", "size") ?? (a.Has("sizeOfStorage", "size") ? 0 : a.Missing(["sizeOfStorage"], 0)),
            RdmaEnabled = a.Flag("rdmaEnabled") ?? false,
            VduStorageRequirements = a.Pairs("vduStorageRequirements"),
            SwImageDesc = a.Reference("id", "swImageDesc"),
        };
        a.Ignore("typeOfStorage");
        a.ReportUnknown();
        return a.Context.Sources.Remember(disk, a);
    }

    internal static IReadOnlyList<LogicalNodeRequirements> ReadLogicalNodes(Attributes a)
    {
        var nodes = new List<LogicalNodeRequirements>();
        foreach (var node in a.Objects("logical node", "logicalNode", "logicalNodeRequirements"))
        {
            var id = node.Text("id") ?? "";
            var detail = node.Pairs("logicalNodeRequirementDetail", "detail");
            node.ReportUnknown();
            nodes.Add(new(id, detail));
        }

        return nodes;
    }

    internal static IReadOnlyList<RequestedAdditionalCapability> ReadCapabilities(Attributes a)
    {
        var found = new List<RequestedAdditionalCapability>();
        foreach (var c in a.Objects("requested capability", "requestAdditionalCapabilities", "requestedAdditionalCapabilities"))
        {
            found.Add(new()
            {
                RequestedAdditionalCapabilityName = c.RequiredText("requestedAdditionalCapabilityName"),
                SupportMandatory = c.Flag("supportMandatory") ?? false,
                MinRequestedAdditionalCapabilityVersion = c.Text("minRequestedAdditionalCapabilityVersion"),
                PreferredRequestedAdditionalCapabilityVersion = c.Text("preferredRequestedAdditionalCapabilityVersion"),
                TargetPerformanceParameters = c.Pairs("targetPerformanceParameters"),
            });
            c.ReportUnknown();
        }

        return found;
    }

    internal static VirtualCpuPinning? ReadPinning(Attributes a, string name)
    {
        if (a.Object("CPU pinning", name) is not { } pinning)
        {
            return null;
        }

        var policy = pinning.Text("virtualCpuPinningPolicy", "cpuPinningPolicy")?.ToUpperInvariant();
        if (policy is not (null or "STATIC" or "DYNAMIC"))
        {
            a.Context.Faults.Error("bad-value", pinning.PlaceOf("virtualCpuPinningPolicy", "cpuPinningPolicy"), $"\"{policy}\" is neither STATIC nor DYNAMIC.");
        }

        var rules = pinning.Texts("virtualCpuPinningRule", "cpuPinningRule");
        pinning.ReportUnknown();
        return new(policy, rules);
    }

    internal static IReadOnlyList<string> Joined(IReadOnlyDictionary<string, string> pairs) =>
        [.. pairs.Select(p => p.Value.Length == 0 ? p.Key : $"{p.Key}={p.Value}")];

    private static VirtualCpu ReadCpu(Attributes a)
    {
        var cpu = new VirtualCpu
        {
            NumVirtualCpu = a.Integer(1, 65_536, "numVirtualCpu") ?? (a.Has("numVirtualCpu") ? 0 : a.Missing(["numVirtualCpu"], 0)),
            CpuArchitecture = a.Text("cpuArchitecture"),
            VirtualCpuClock = Quantity.Megahertz(a, "virtualCpuClock"),
            VirtualCpuOversubscriptionPolicy = a.Text("virtualCpuOversubscriptionPolicy"),
            VduCpuRequirements = a.Pairs("vduCpuRequirements"),
            VirtualCpuPinning = ReadPinning(a, "virtualCpuPinning"),
        };
        a.ReportUnknown();
        return cpu;
    }

    private static VirtualMemory ReadMemory(Attributes a)
    {
        var said = Quantity.Mebibytes(a, "virtualMemSize");
        var size = said ?? (a.Has("virtualMemSize") ? 0 : a.Missing(["virtualMemSize"], 0));
        if (said == 0)
        {
            a.Context.Faults.Error("bad-value", a.PlaceOf("virtualMemSize"), "virtualMemSize must be at least 1 MiB.");
        }

        var memory = new VirtualMemory
        {
            VirtualMemSize = size,
            VirtualMemOversubscriptionPolicy = a.Text("virtualMemOversubscriptionPolicy"),
            VduMemRequirements = a.Pairs("vduMemRequirements"),
            NumaEnabled = a.Flag("numaEnabled") ?? false,
            HugePagesRequirements = a.Text("hugePagesRequirements"),
        };
        a.ReportUnknown();
        return memory;
    }
}
