using System.Text;

namespace Mano.Packages.Tests.Csar;

/// <summary>Layout, manifest, digests and images of a CSAR.</summary>
public sealed class CsarTests
{
    private const string Program = "\u007fELF program";

    [Theory]
    [InlineData("SHA-256")]
    [InlineData("SHA-512")]
    public void A_package_with_right_digests_is_accepted_without_a_warning(string algorithm) => Assert.Empty(Read(Good().WithManifest(algorithm)).Faults);

    [Fact]
    public void Every_wrong_digest_is_told_together_with_every_other_fault()
    {
        var reading = Read(Good(Samples.Tosca.Replace("priority: 1", "priority: high", StringComparison.Ordinal)).WithManifest(change: m =>
            m.Replace("Hash: ", "Hash: 00", StringComparison.Ordinal).Replace("vnf_provider_id: Example", "vnf_provider_id: Other", StringComparison.Ordinal)
            + "\nSource: Artifacts/gone\nAlgorithm: SHA-256\nHash: 00\n\nSource: Artifacts/bin/counter\nAlgorithm: MD5\nHash: 00\n"));

        Assert.Equal(3, reading.Errors.Count(f => f.Rule == "digest-mismatch"));
        Assert.Equal(["bad-value", "digest-algorithm", "digest-mismatch", "manifest-metadata", "missing-file"], reading.Errors.Select(f => f.Rule).Distinct().Order(StringComparer.Ordinal));
        Assert.Contains(reading.Errors, f => f is { File: "app.mf", Path: "metadata.vnf_provider_id", Line: 3 });
    }

    [Fact]
    public void With_warn_a_wrong_digest_is_a_warning_and_a_missing_file_is_not()
    {
        var options = new PackageReadOptions { Integrity = IntegrityPolicy.Warn };

        Assert.NotNull(Read(Good().WithManifest(change: m => m.Replace("Hash: ", "Hash: 00", StringComparison.Ordinal)), options).Content);
        Assert.Null(Read(Good().WithManifest(change: m => m + "\nSource: gone\nAlgorithm: SHA-256\nHash: 00\n"), options).Content);
    }

    [Fact]
    public void A_software_image_that_is_not_the_one_described_is_refused()
    {
        var descriptor = Samples.Tosca.Replace("container_format: bare", $"container_format: bare\n            checksum: {{ algorithm: sha-256, hash: {new string('0', 64)} }}", StringComparison.Ordinal);

        var fault = Assert.Single(Read(Good(descriptor).WithManifest()).Errors);

        Assert.Equal(("digest-mismatch", "topology_template.node_templates.Vdu.artifacts.sw_image.properties.checksum"), (fault.Rule, fault.Path));
    }

    [Fact]
    public void A_software_image_that_is_not_there_is_refused()
    {
        var package = new CsarMaker().WithMeta("Definitions/app.yaml").With("Definitions/app.yaml", Samples.Tosca).WithManifest();

        Assert.Equal("missing-file", Assert.Single(Read(package).Errors).Rule);
    }

    [Fact]
    public void The_file_of_an_image_is_found_beside_the_descriptor_too()
    {
        var package = new CsarMaker().WithMeta("Definitions/app.yaml").With("Artifacts/bin/counter", Program)
            .With("Definitions/app.yaml", Samples.Tosca.Replace("file: Artifacts", "file: ../Artifacts", StringComparison.Ordinal)).WithManifest();

        Assert.Equal("Artifacts/bin/counter", Assert.Single(Read(package).Content!.Artifacts, a => a.SwImageId is not null).Path);
    }

    [Fact]
    public void Metadata_that_MEC_037_requires_and_the_manifest_lacks_is_told_by_key()
    {
        var fault = Assert.Single(Read(Good().WithManifest(change: m => m.Replace("  mec_versions: 3.2.1\n", "", StringComparison.Ordinal))).Errors);

        Assert.Contains("mec_versions", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_TOSCA_meta_the_one_descriptor_at_the_top_is_taken()
    {
        var package = new CsarMaker().With("app.yaml", Samples.Tosca).With("Artifacts/bin/counter", Program).WithManifest();

        Assert.Equal("app.yaml", Read(package).Content!.DescriptorPath);
    }

    [Fact]
    public void Two_descriptors_at_the_top_are_one_too_many() => Assert.Contains("2 descriptors at its top",
        Assert.Single(Read(new CsarMaker().With("a.yaml", Samples.Tosca).With("b.yaml", Samples.Tosca)).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void An_archive_made_of_a_folder_is_read_from_that_folder()
    {
        var package = new CsarMaker().With("top/TOSCA-Metadata/TOSCA.meta", "Entry-Definitions: app.yaml\n").With("top/app.yaml", Samples.Tosca).With("top/Artifacts/bin/counter", Program);

        Assert.Equal("top/app.yaml", Read(package).Content!.DescriptorPath);
    }

    [Fact]
    public void An_import_that_is_not_in_the_package_is_told()
    {
        var reading = Read(Good(Samples.Tosca.Replace("etsi_nfv_sol001_vnfd_types.yaml", "../../types.yaml", StringComparison.Ordinal)).WithManifest());

        Assert.Equal(("missing-file", "imports[0]"), reading.Errors.Select(f => (f.Rule, f.Path)).Single());
    }

    [Fact]
    public void Imports_that_go_in_a_circle_end()
    {
        var package = new CsarMaker().WithMeta("a.yaml", null).With("Artifacts/bin/counter", Program)
            .With("a.yaml", Samples.Tosca.Replace("etsi_nfv_sol001_vnfd_types.yaml", "b.yaml", StringComparison.Ordinal)).With("b.yaml", "imports: [ a.yaml, b.yaml ]\n");

        Assert.NotNull(Read(package).Content);
    }

    [Fact]
    public void Artifacts_are_copied_out_and_checked()
    {
        using var package = Good().WithManifest().Make();
        var artifact = PackageReader.Read(package).Content!.Artifacts.Single(a => a.SwImageId is not null);
        using var copy = new MemoryStream();

        PackageReader.CopyArtifact(package, artifact, copy);

        Assert.Equal(Program, Encoding.UTF8.GetString(copy.ToArray()));
        Assert.Throws<InvalidDataException>(() => PackageReader.CopyArtifact(package, artifact with { Sha256 = new string('0', 64) }, new MemoryStream()));
    }

    private static CsarMaker Good(string descriptor = Samples.Tosca) =>
        new CsarMaker().WithMeta("Definitions/app.yaml").With("Definitions/app.yaml", descriptor).With("Artifacts/bin/counter", Program);

    private static PackageReading Read(CsarMaker package, PackageReadOptions? options = null)
    {
        using var stream = package.Make();
        return PackageReader.Read(stream, options);
    }
}
