using System.Net;
using Mano.Mesh.Failures;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.LocalContainers.Engine;

/// <summary>
/// What an engine's refusal means in the words of the contract. Engines say most things with status 500 and a sentence,
/// so that the sentence decides; one that nobody knows counts as "not now", because it may have happened and may pass.
/// </summary>
internal static class EngineFailures
{
    private static readonly string[] FullDisk = ["no space left on device", "disk quota exceeded"];
    private static readonly string[] TakenAddress = ["address already in use", "already allocated", "ip address is already"];
    private static readonly string[] OtherApi = ["is too new. maximum supported api version", "is too old. minimum supported api version"];
    private static readonly string[] NoProgram =
        ["executable file not found", "no command specified", "stat /", "exec format error", "no such file or directory: unknown", "permission denied: unknown",
         "no such file or directory: oci", "executable file `"];

    /// <summary>The failure for a compute.</summary>
    public static Failure Of(EngineRefusedException refused, string computeId, ComputeSpec spec)
    {
        var message = Shown(refused.Message, spec);
        var digest = spec.Images.Count > 0 ? spec.Images[0].Digest : "";
        return Says(refused, FullDisk) ? VimFailures.NoRoom($"compute/{computeId}", $"The engine's disk is full: {message}")
            : Says(refused, TakenAddress) ? VimFailures.NoRoom($"compute/{computeId}", $"Its address is taken by something that is not ours: {message}")
            : refused.Status == HttpStatusCode.NotFound && Says(refused, ["image"]) ? VimFailures.NoImage(computeId, digest)
            : Says(refused, NoProgram) ? VimFailures.BadImage(digest, $"The engine could not start its program: {message}")
            : refused.Status == HttpStatusCode.BadRequest
                ? Failure.InvalidInput("VIM_ENGINE_REFUSED", $"The engine refused the container: {message}", $"compute/{computeId}")
            : General(refused, message);
    }

    /// <summary>The failure for an image.</summary>
    public static Failure OfImage(EngineRefusedException refused, string digest) =>
        Says(refused, FullDisk)
            ? VimFailures.NoRoom($"image/{digest}", $"The engine's disk is full: {OneLine(refused.Message)}")
            : (int)refused.Status is >= 500 and not 500 || refused.Status == HttpStatusCode.Forbidden
                ? General(refused, OneLine(refused.Message))
                : VimFailures.BadImage(digest, $"The engine could not load it: {OneLine(refused.Message)}");

    /// <summary>The failure for anything else.</summary>
    public static Failure General(EngineRefusedException refused) => General(refused, OneLine(refused.Message));

    private static Failure General(EngineRefusedException refused, string message) => refused.Status switch
    {
        _ when Says(refused, OtherApi) => Failure.Unimplemented("VIM_ENGINE_API",
            $"The container engine does not speak version {EngineConnection.ApiVersion} of the Docker Engine API: {message}. dockerd 20.10 to 28 do, and Podman 4 and 5.", LocalContainersVim.AdapterName),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            Failure.Forbidden("VIM_FORBIDDEN", $"The container engine does not allow it: {message}", LocalContainersVim.AdapterName),
        _ => VimFailures.CannotReach(LocalContainersVim.AdapterName, $"The container engine answered {(int)refused.Status}: {message}"),
    };

    /// <summary>An engine's sentence without what the application's environment and boot data hold: those may be secrets.</summary>
    public static string Shown(string message, ComputeSpec spec)
    {
        // The longest first: a value may be part of another one.
        foreach (var secret in spec.Environment.Values.SelectMany(v => v.Split('\n')).Append(spec.BootData)
            .Where(v => v.Length >= 3).OrderByDescending(v => v.Length))
        {
            message = message.Replace(secret, "***", StringComparison.Ordinal);
        }

        return OneLine(message);
    }

    private static bool Says(EngineRefusedException refused, string[] words) =>
        words.Any(w => refused.Message.Contains(w, StringComparison.OrdinalIgnoreCase));

    private static string OneLine(string message)
    {
        var line = string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 400 ? line : line[..400] + "…";
    }
}
