using System.Runtime.InteropServices;

namespace Mano.VimAdapters.LocalProcess.Machine;

/// <summary>The few system calls that the base library does not offer.</summary>
internal static partial class Native
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    // The same numbers on every architecture: both calls came after Linux unified them.
    private const long PidfdSendSignal = 424;
    private const long PidfdOpen = 434;

    /// <summary>
    /// Signals the process that has this id and start time, and no other: the handle pins the process before its
    /// start time is compared. Says whether it was still there.
    /// </summary>
    public static bool Signal(ProcessIdentity process, int signal)
    {
        var handle = (int)SysCall(PidfdOpen, process.Pid, 0, 0, 0);
        try
        {
            if (ProcessTable.StartOf(process.Pid) != process.Start)
            {
                return false;
            }

            // Kernels before 5.3 have no handles; there the comparison alone has to do.
            return handle >= 0 ? SysCall(PidfdSendSignal, handle, signal, 0, 0) == 0 : Kill(process.Pid, signal) == 0;
        }
        finally
        {
            if (handle >= 0)
            {
                _ = Close(handle);
            }
        }
    }

    /// <summary>Makes a second name for a file; false where the file system does not do that.</summary>
    public static bool TryLink(string existing, string second) => Link(existing, second) == 0;

    /// <summary>Gives a file, or a link itself, to a user and the group of the same number.</summary>
    public static void Give(string path, int userId)
    {
        if (LChown(path, userId, userId) != 0)
        {
            throw new IOException($"{path} cannot be given to user {userId}: error {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SysCall(long number, long first, long second, long third, long fourth);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string second);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LChown(string path, int owner, int group);
}
