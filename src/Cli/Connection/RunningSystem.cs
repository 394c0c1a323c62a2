using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mano.Cli.Terminal;

namespace Mano.Cli.Connection;

/// <summary>The addresses of an all-in-one system, as <c>mano up</c> leaves them for other commands to find.</summary>
/// <param name="ProcessId">The process that runs it.</param>
/// <param name="Data">Its state folder.</param>
internal sealed record RunningSystem(int ProcessId, string Data, RunningMeo Meo, IReadOnlyList<RunningSite> Sites)
{
    private const string FileName = "running.json";

    /// <summary>Whether its process still lives.</summary>
    public bool IsAlive
    {
        get
        {
            try
            {
                using var process = Process.GetProcessById(ProcessId);
                return !process.HasExited;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    /// <summary>The file of a state folder.</summary>
    public static string FileIn(string dataFolder) => Path.Combine(dataFolder, FileName);

    /// <summary>One file for each user, wherever <c>mano up</c> was started: under XDG_RUNTIME_DIR, else under the temporary folder.</summary>
    public static string WellKnownFile(Surroundings surroundings) => surroundings.Variable("XDG_RUNTIME_DIR") is { } runtime && Directory.Exists(runtime)
        ? Path.Combine(runtime, "mano", FileName)
        : Path.Combine(Path.GetTempPath(), $"mano-{Environment.UserName}", FileName);

    /// <summary>The system of the file; null where there is none, or where its process is gone.</summary>
    public static RunningSystem? Read(string file)
    {
        try
        {
            var system = JsonSerializer.Deserialize(File.ReadAllBytes(file), RunningSystemJson.Default.RunningSystem);
            return system is { IsAlive: true } ? system : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Written whole or not at all.</summary>
    public void WriteTo(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var scratch = file + ".new";
        File.WriteAllBytes(scratch, JsonSerializer.SerializeToUtf8Bytes(this, RunningSystemJson.Default.RunningSystem));
        File.Move(scratch, file, overwrite: true);
    }

    /// <summary>Takes the file away if it still speaks of this system.</summary>
    public void RemoveFrom(string file)
    {
        if (Read(file)?.ProcessId == ProcessId)
        {
            File.Delete(file);
        }
    }

    public string ToJson() => Documents.Of(this, RunningSystemJson.Default.RunningSystem);
}

/// <param name="Grpc"><c>http://127.0.0.1:7400</c>.</param>
/// <param name="Http">REST, /health, /metrics.</param>
internal sealed record RunningMeo(string Grpc, string Http);

/// <param name="Mepm">gRPC of its MEPM.</param>
/// <param name="Platform">gRPC of its platform (Mm5).</param>
/// <param name="Mp1">Root of the Mp1 REST API.</param>
/// <param name="Dns"><c>127.0.0.1:7414</c>, UDP and TCP.</param>
/// <param name="Gateway"><c>socks5://127.0.0.1:7415</c>: the path of a user's traffic.</param>
internal sealed record RunningSite(string SiteId, string Mepm, string Platform, string Mp1, string Dns, string Gateway);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(RunningSystem))]
internal sealed partial class RunningSystemJson : JsonSerializerContext;
