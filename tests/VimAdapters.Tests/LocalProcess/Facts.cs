using Mano.VimAdapters.LocalProcess;
using Mano.VimAdapters.LocalProcess.Machine;

namespace Mano.VimAdapters.Tests.LocalProcess;

/// <summary>What this machine allows, asked once.</summary>
internal static class ThisMachine
{
    private static readonly Isolation Isolation = Isolation.Probe(new() { Folder = "/" }, Tools.Find([]), Environment.IsPrivilegedProcess);

    public static bool Namespaces => Isolation.Namespaces;

    public static bool OwnUser => Isolation.OwnUser;

    public static bool BusyBox => File.Exists("/bin/busybox") || File.Exists("/usr/bin/busybox");

    public static bool Has(string controller) => Cgroups.Discover(new() { Folder = "/" }, "probe").Has(controller);
}

/// <summary>A test that needs a memory, cpu or pids control group of this machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CgroupFactAttribute : FactAttribute
{
    public CgroupFactAttribute(string controller) => Skip = ThisMachine.Has(controller) ? null! : $"no writable {controller} control group here";
}

/// <summary>A test that needs namespaces.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = ThisMachine.Namespaces ? null! : "no namespaces to be had here";
}

/// <summary>A test that needs namespaces and a static busybox to make a root file system of.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFsFactAttribute : FactAttribute
{
    public RootFsFactAttribute() => Skip = !ThisMachine.Namespaces ? "no namespaces to be had here"
        : !ThisMachine.BusyBox ? "busybox is not installed: tests/install installs busybox-static" : null!;
}

/// <summary>A test that needs root and user ids to give away.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute() => Skip = ThisMachine.OwnUser ? null! : "only root can run computes as other users";
}
