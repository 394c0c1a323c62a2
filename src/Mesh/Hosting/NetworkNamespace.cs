using System.Runtime.InteropServices;

namespace Mano.Mesh.Hosting;

/// <summary>
/// A network namespace of this machine. A process is in one; a socket stays in that of the thread which made it, so this
/// process can have sockets in several. Entering one needs CAP_SYS_ADMIN.
/// </summary>
/// <param name="nameOrPath">A name below /run/netns, as of <c>ip netns add</c>, or a path.</param>
public sealed class NetworkNamespace(string nameOrPath)
{
    private const int CloneNewNet = 0x40000000;

    /// <summary>Where it is, for <c>nsenter --net=…</c>.</summary>
    public string Path { get; } = nameOrPath.Contains('/', StringComparison.Ordinal) ? nameOrPath : "/run/netns/" + nameOrPath;

    public bool Exists => File.Exists(Path);

    /// <summary>Does something on a thread of its own that has entered the namespace and ends with it. Sockets made there stay there.</summary>
    /// <exception cref="IOException">It cannot be entered.</exception>
    public T Inside<T>(Func<T> work)
    {
        T? result = default;
        Exception? wrong = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                result = work();
            }
#pragma warning disable CA1031 // thrown again where the caller waits
            catch (Exception e)
#pragma warning restore CA1031
            {
                wrong = e;
            }
        }) { IsBackground = true };
        thread.Start();
        thread.Join();
        if (wrong is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(wrong);
        }

        return result!;
    }

    private void Enter()
    {
        using var file = File.OpenHandle(Path);
        if (SetNs((int)file.DangerousGetHandle(), CloneNewNet) != 0)
        {
            throw new IOException($"Network namespace {Path} cannot be entered: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetNs(int descriptor, int type);
}
