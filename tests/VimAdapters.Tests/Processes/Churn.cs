using System.Security.Cryptography;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.LocalProcess;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mano.VimAdapters.Tests.Processes;

/// <summary>A process that makes, stops, starts and deletes computes without end, to be killed at any instant.</summary>
internal static class Churn
{
    public static LocalProcessOptions Options(string folder, string range) => new()
    {
        Folder = folder,
        AddressRange = range,
        StopGrace = TimeSpan.FromMilliseconds(300),
        PollInterval = TimeSpan.FromMilliseconds(100),
        MilliCpu = 100_000,
        MemoryMib = 100_000,
    };

    public static ComputeSpec Spec(string computeId, ImageReference image) =>
        new() { Name = computeId, Images = [image], Resources = new(0, 64, 0), Labels = new("default", computeId), RestartPolicy = RestartPolicy.Always };

    public static ImageReference Image(string path) =>
        new("sha256:" + Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))), ImageFormat.Executable, "churn.sh");

    public static async Task<int> RunAsync(string folder, string range, string imagePath)
    {
        await using var vim = new LocalProcessVim(Options(folder, range), TimeProvider.System, NullLogger<LocalProcessVim>.Instance);
        var image = Image(imagePath);
        await vim.EnsureImageAsync(ImageSource.FromFile(image, imagePath), default);
        Console.WriteLine("ready");
        await Task.WhenAll(Enumerable.Range(0, 3).Select(i => LivesAsync(vim, $"churn-{i}", image)));
        return 0;
    }

    private static async Task LivesAsync(LocalProcessVim vim, string computeId, ImageReference image)
    {
        var number = (await vim.GetComputeAsync(computeId, default))?.OperationNumber ?? TimeProvider.System.GetUtcNow().Ticks;
        while (true)
        {
            await vim.EnsureComputeAsync(computeId, ++number, Spec(computeId, image), default);
            await vim.SetPowerStateAsync(computeId, ++number, PowerState.Stopped, default);
            await vim.SetPowerStateAsync(computeId, ++number, PowerState.Started, default);
            await vim.DeleteComputeIfAnyAsync(computeId, ++number, default);
        }
    }
}
