using System.Runtime.InteropServices;

namespace Mano.Meo.Onboarding;

/// <summary>Makes a rename durable: on Linux a file's new name is on disk when its folder is, and .NET flushes files alone.</summary>
internal static class FolderSync
{
    private const int ReadOnly = 0;

    /// <summary>Best effort: where the system has no such call, the name is on disk when the system pleases.</summary>
    internal static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = Open(folder, ReadOnly);
        if (descriptor >= 0)
        {
            _ = Sync(descriptor);
            _ = Close(descriptor);
        }
    }

#pragma warning disable SYSLIB1054, CA2101 // three calls of plain types; the generator would need unsafe code in the whole project
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    private static extern int Close(int descriptor);
#pragma warning restore SYSLIB1054, CA2101
}
