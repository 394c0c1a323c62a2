using System.Runtime.InteropServices;

namespace Mano.Mesh.State.Embedded;

/// <summary>
/// Lets SQLite pause for microseconds where it asks for microseconds. The engine that is packaged for .NET was built without HAVE_USLEEP
/// (sqlite.org/compile.html), so each of its pauses lasts a whole second; and it makes one when a reader has failed to get a
/// lock of the log six times in a row, often enough on a busy machine that callers stood still. All else stays as the engine's own file system has it (sqlite.org/vfs.html, shims).
/// </summary>
internal static partial class ShortPauses
{
    private const string Library = "e_sqlite3";

    /// <summary>From now on, for connections that are opened after it.</summary>
    public static unsafe void Install()
    {
        var usual = Find(null);
        var ours = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs)); // for as long as the process lives, as the engine asks of what is registered
        *ours = *usual;
        ours->Name = Marshal.StringToCoTaskMemUTF8("mano");
        ours->Sleep = &Pause;
        if (Register(ours, makeDefault: 1) is var code && code != 0)
        {
            throw new InvalidOperationException($"SQLite takes no file system of ours: error {code}.");
        }
    }

    /// <summary>Has the engine pause; returns for how many milliseconds it says that it did.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_sleep")]
    internal static partial int Sleep(int milliseconds);

    [UnmanagedCallersOnly]
    private static unsafe int Pause(Vfs* vfs, int microseconds)
    {
        // Below a millisecond a lock's holder only needs the processor.
#pragma warning disable RS0030 // the engine asks for it in the middle of a call, and its answer is that it has paused
        Thread.Sleep(microseconds / 1000);
#pragma warning restore RS0030
        return microseconds;
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial Vfs* Find(string? name);

    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    private static unsafe partial int Register(Vfs* vfs, int makeDefault);

    /// <summary>sqlite3_vfs, version 3, whose layout is part of the engine's interface (sqlite.org/c3ref/vfs.html).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Vfs
    {
        public int Version, FileSize, LongestPath;
        public nint Next, Name, AppData;
        public nint Open, Delete, Access, FullPathname, DlOpen, DlError, DlSym, DlClose, Randomness;
        public delegate* unmanaged<Vfs*, int, int> Sleep;
        public nint CurrentTime, GetLastError, CurrentTimeInt64, SetSystemCall, GetSystemCall, NextSystemCall;
    }
}
