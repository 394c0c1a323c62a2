using System.Text.RegularExpressions;
using Mano.Packages.AppD;
using Mano.Packages.Reading;

namespace Mano.Packages.Validation;

/// <summary>mecVersion entries are x.y.z.</summary>
internal sealed partial class MecVersionRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var version in app.MecVersion.Where(v => !Version().IsMatch(v)))
        {
            context.Faults.Error("bad-value", context.Sources.At(app, "mecVersion"), $"\"{version}\" is no version of MEC; write it as x.y.z, for example 3.2.1.");
        }
    }

    [GeneratedRegex(@"^[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}$")]
    private static partial Regex Version();
}

/// <summary>Exactly one of a virtual machine and OS containers (MEC 010-2 §6.2.1.2, note 5).</summary>
internal sealed class RealisationRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        var at = context.Sources.At(app, "virtualComputeDescriptor", "osContainerDescriptor");
        switch (app.VirtualComputeDescriptor, app.OsContainerDescriptor.Count)
        {
            case (null, 0):
                context.Faults.Error("realisation", at, "The application has neither a virtual compute descriptor nor an OS container; exactly one of them says what runs it.");
                break;
            case (not null, > 0):
                context.Faults.Error("realisation", at, "The application has a virtual compute descriptor and OS containers; exactly one of them says what runs it, so take the other out.");
                break;
            case (not null, 0) when app.LogicalNode.Count > 0 || app.RequestAdditionalCapabilities.Count > 0 || app.McioConstraintParams.Count > 0:
                context.Faults.Error("realisation", context.Sources.At(app, "logicalNode", "requestAdditionalCapabilities", "mcioConstraintParams"),
                    "logicalNode, requestAdditionalCapabilities and mcioConstraintParams belong to container applications; with a virtual compute descriptor they are absent here.");
                break;
        }
    }
}

/// <summary>At least one software image, exactly one for a virtual machine; disk formats belong to virtual machine images.</summary>
internal sealed class ImageRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        var at = context.Sources.At(app, "swImageDescriptor");
        if (app.SwImageDescriptor.Count == 0)
        {
            context.Demand("image-count", at, "The application has no software image (swImageDescriptor), so there is nothing to run.");
        }
        else if (app.VirtualComputeDescriptor is not null && app.SwImageDescriptor.Count > 1)
        {
            context.Demand("image-count", at, $"A virtual machine runs one software image; {app.SwImageDescriptor.Count} are given, the first is taken: {app.SwImageDescriptor[0].Name}.");
        }

        foreach (var image in app.SwImageDescriptor.Where(i => app.VirtualComputeDescriptor is not null && i.DiskFormat is null && IsVirtualMachine(i)))
        {
            context.Faults.Warn("missing-attribute", context.Sources.At(image, "diskFormat", "swImage"),
                $"The software image {image.Name} has no diskFormat, which a virtual machine's needs: QCOW2, RAW, VMDK, ISO. A VIM that has to guess takes RAW, and boots nothing if it is not.");
        }

        foreach (var twice in app.SwImageDescriptor.GroupBy(i => i.Id).Where(g => g.Count() > 1))
        {
            context.Faults.Error("duplicate-id", context.Sources.At(twice.Last(), "id"), $"Two software images have the id {twice.Key}.");
        }

        foreach (var image in app.SwImageDescriptor.Where(i => i.Checksum is { } c && (c.Hash.Length != Csar.Digest.HexLength(c.Algorithm) || !c.Hash.All(char.IsAsciiHexDigit))))
        {
            context.Faults.Error("bad-value", context.Sources.At(image, "checksum"),
                $"The hash of {image.Name} is no {image.Checksum!.Algorithm} digest: {Csar.Digest.HexLength(image.Checksum.Algorithm)} hexadecimal digits.");
        }
    }

    /// <summary>Not a process, nor a container that a virtual compute stands for.</summary>
    private static bool IsVirtualMachine(SwImageDescriptor image) =>
        image.ContainerFormat is "BARE" or "OVF" or "OVA" && !image.SupportedVirtualisationEnvironment.Contains("mano-process", StringComparer.OrdinalIgnoreCase);
}

/// <summary>Containers name images that exist; what belongs to containers is absent without them.</summary>
internal sealed class ContainerRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var container in app.OsContainerDescriptor.Where(c => app.SwImageDescriptor.All(i => i.Id != c.SwImageDesc && i.Name != c.SwImageDesc)))
        {
            context.Faults.Error("dangling-reference", context.Sources.At(container, "swImageDesc"),
                $"The container {container.Name} names the software image {container.SwImageDesc}, which is not described.");
        }

        if (app.OsContainerDescriptor.Count == 0 && (app.MciopId is not null || app.McioIdentificationData is not null))
        {
            context.Faults.Error("realisation", context.Sources.At(app, "mciopId", "mcioIdentificationData"), "mciopId and mcioIdentificationData belong to container applications; this one has no OS container.");
        }
    }
}

/// <summary>At least one external connection point; names and ports are unambiguous.</summary>
internal sealed class ConnectionPointRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        if (app.AppExtCpd.Count == 0)
        {
            context.Demand("connection-point-count", context.Sources.At(app, "appExtCpd"), "The application has no external connection point (appExtCpd), so nothing can reach it.");
        }

        foreach (var twice in app.AppExtCpd.GroupBy(c => c.CpdId).Where(g => g.Count() > 1))
        {
            context.Faults.Error("duplicate-id", context.Sources.At(twice.Last(), "cpdId", "id"), $"Two connection points have the id {twice.Key}.");
        }

        var ports = app.AppExtCpd.SelectMany(c => c.Ports).Where(p => p.Port > 0).ToList();
        foreach (var twice in ports.GroupBy(p => p.Name).Where(g => g.Count() > 1))
        {
            context.Faults.Error("duplicate-id", context.Sources.At(twice.Last(), "name"), $"Two ports have the name {twice.Key}; the application learns its ports by name.");
        }

        foreach (var twice in ports.GroupBy(p => (p.Port, p.Protocol)).Where(g => g.Count() > 1))
        {
            context.Faults.Error("duplicate-id", context.Sources.At(twice.Last(), "port"), $"Port {twice.Key.Port} is declared twice.");
        }
    }
}

/// <summary>Variables a process can be given.</summary>
internal sealed class BootDataRule : IDescriptorRule
{
    public void Check(AppDescriptor app, ReadingContext context)
    {
        foreach (var name in app.BootData?.Environment.Keys.Where(n => n.Length == 0 || n.Any(c => c is '=' or '\0' || char.IsWhiteSpace(c))) ?? [])
        {
            context.Faults.Error("bad-value", context.Sources.At(app, "bootData"), $"\"{name}\" cannot name an environment variable.");
        }
    }
}
