using Mano.Testing.Containers;
using Mano.VimAdapters.Contract;
using Mano.VimAdapters.Tests.Conformance;

namespace Mano.VimAdapters.Tests.LocalContainers;

/// <summary>Container images as files of a folder.</summary>
internal static class ContainerImages
{
    public static ImageSource RunsForever(string folder) =>
        Docker(folder, "forever", "trap 'exit 0' TERM; echo conformance starts; while :; do sleep 60 & wait $!; done");

    public static ImageSource EndsWithThree(string folder) => Docker(folder, "ends", "echo conformance ends; exit 3");

    public static ImageSource Docker(string folder, string name, string script, string? healthcheck = null, string user = "") =>
        Image(folder, name, ContainerArchives.Docker(script, healthcheck, user));

    public static ImageSource Image(string folder, string name, byte[] archive) =>
        TestImages.Content(folder, name + ".tar", ImageFormat.ContainerArchive, archive);
}
