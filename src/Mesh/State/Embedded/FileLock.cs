using System.Diagnostics;
using System.Globalization;
using Mano.Mesh.Failures;

namespace Mano.Mesh.State.Embedded;

/// <summary>
/// Keeps a second process (or a second store in this one) away from the file. SQLite itself would let both write in turn, and
/// both would believe that what they read last is still true. The kernel drops the lock with the process, however it dies.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream held;

    private FileLock(FileStream held) => this.held = held;

    public static FileLock Take(string path, TimeProvider clock)
    {
        var holderFile = path + ".holder";
        try
        {
            var taken = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holderFile, Describe(clock));
            return new(taken);
        }
        catch (IOException taken) when (taken is not DirectoryNotFoundException)
        {
            var message = $"The state file {path} is in use by {Holder(holderFile)}: stop that one first, or give this one a file of its own.";
            throw new FailureException(new(FailureKind.IllegalState, StateFailures.StoreLocked, message, path), taken);
        }
        catch (UnauthorizedAccessException denied)
        {
            var message = $"The state file {path} cannot be locked ({denied.Message}): its folder must be writable by this user.";
            throw new FailureException(Failure.Unavailable(StateFailures.StoreUnavailable, message, path), denied);
        }
    }

    // The lock file stays: deleting it would let two processes hold locks on two files of that name.
    public void Dispose() => held.Dispose();

    private static string Describe(TimeProvider clock)
    {
        using var self = Process.GetCurrentProcess();
        return string.Create(CultureInfo.InvariantCulture, $"process {self.Id} ({self.ProcessName}) since {clock.GetUtcNow():O}");
    }

    private static string Holder(string holderFile)
    {
        try
        {
            return File.ReadAllText(holderFile);
        }
        catch (IOException)
        {
            return "another process";
        }
    }
}
