using System.Runtime.InteropServices;

namespace Mano.Chaos.Processes;

/// <summary>Signals to processes that this program started and has not reaped yet, so that an id means what it meant.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    public static void Send(int pid, int signal) => _ = SendSignal(pid, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int pid, int signal);
}
