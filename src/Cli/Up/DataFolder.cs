using Mano.Cli.Connection;
using Mano.Cli.Terminal;
using Mano.Mesh.Failures;

namespace Mano.Cli.Up;

/// <summary>The state folder of an all-in-one: one system at a time may have it.</summary>
internal static class DataFolder
{
    /// <summary>Held until disposed; the system takes it from a process that dies.</summary>
    /// <exception cref="FailureException">Usage: another system holds the folder, or it cannot be written.</exception>
    public static FileStream Lock(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Sentences.Usage($"The state folder {folder} cannot be used: {e.Message} Name another with --data.", "--data");
        }
        catch (IOException e) when (File.Exists(Path.Combine(folder, "lock")))
        {
            var who = RunningSystem.Read(RunningSystem.FileIn(folder)) is { } running ? $"process {running.ProcessId}, {running.Meo.Grpc}" : e.Message;
            throw Sentences.Usage(
                $"A system already runs on the state folder {folder} ({who}). Use that one, end it with Ctrl-C where it runs, or give this one a folder of its own with --data (and ports with --port).", "--data");
        }
    }
}
