using System.Security.Cryptography;
using System.Text;
using Mano.Testing;
using Mano.VimAdapters.Contract;

namespace Mano.VimAdapters.Tests.Conformance;

/// <summary>Images for tests: shell scripts, which every machine can run.</summary>
internal static class TestImages
{
    public static ImageSource RunsForever(TempFolder folder) => RunsForever(folder.FullPath);

    public static ImageSource RunsForever(string folder) =>
        Script(folder, "forever", "echo conformance starts\nwhile :; do sleep 60 & wait $!; done");

    public static ImageSource EndsWithThree(TempFolder folder) => EndsWithThree(folder.FullPath);

    public static ImageSource EndsWithThree(string folder) => Script(folder, "ends", "echo conformance ends\nexit 3");

    public static ImageSource Script(string folder, string name, string body) =>
        Content(folder, name, ImageFormat.Executable, Encoding.UTF8.GetBytes("#!/bin/sh\n" + body + "\n"));

    public static ImageSource Content(string folder, string name, ImageFormat format, byte[] content)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return ImageSource.FromFile(new("sha256:" + Convert.ToHexStringLower(SHA256.HashData(content)), format, name), path);
    }
}
