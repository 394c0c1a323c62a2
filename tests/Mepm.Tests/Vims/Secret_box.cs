using Mano.Mepm.Vims;
using Mano.Mesh.Failures;
using Mano.Testing;

namespace Mano.Mepm.Tests.Vims;

/// <summary>Secrets in the store: readable with the key, for what they were given, and not otherwise.</summary>
public sealed class Secret_box : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_secret_opens_for_what_it_was_sealed_for_and_for_nothing_else()
    {
        var box = Box();
        var text = box.Seal("canary", "vim/central/Password");

        Assert.DoesNotContain("canary", text, StringComparison.Ordinal);
        Assert.NotEqual(text, box.Seal("canary", "vim/central/Password"));
        Assert.Equal("canary", box.Open(text, "vim/central/Password").Value);
        Assert.Equal("SECRET_LOST", box.Open(text, "vim/other/Password").Failure!.Reason);
    }

    [Fact]
    public void A_secret_that_was_changed_by_one_bit_does_not_open()
    {
        var box = Box();
        var parts = box.Seal("canary", "a").Split('.');
        var bytes = Convert.FromBase64String(parts[2]);
        bytes[^1] ^= 1;

        Assert.Equal("SECRET_LOST", box.Open($"{parts[0]}.{parts[1]}.{Convert.ToBase64String(bytes)}", "a").Failure!.Reason);
    }

    [Fact]
    public void Without_its_key_a_secret_is_lost_and_the_message_says_which_key_it_was()
    {
        var text = Box().Seal("canary", "a");
        File.Delete(folder.File(DataKeyFile.FileName));

        var lost = Box().Open(text, "a").Failure!;

        Assert.Contains(text.Split('.')[1], lost.Message, StringComparison.Ordinal);
        Assert.Contains(DataKeyFile.FileName, lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_file_is_for_its_owner_alone()
    {
        Box().Seal("canary", "a");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.File(DataKeyFile.FileName)));
    }

    [Fact]
    public void A_key_file_that_everybody_may_read_is_refused_with_the_remedy()
    {
        var file = folder.File("key");
        File.WriteAllText(file, Convert.ToBase64String(new byte[DataKey.Size]));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        var refused = Assert.Throws<FailureException>(() => DataKeyFile.Find(file, null, folder.FullPath).Check());

        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Systemd_hands_the_key_over_as_a_credential()
    {
        File.WriteAllText(folder.File(DataKeyFile.Credential), Convert.ToBase64String(new byte[DataKey.Size]));
        File.SetUnixFileMode(folder.File(DataKeyFile.Credential), UnixFileMode.UserRead);

        var keys = DataKeyFile.Find(null, folder.FullPath, folder.FullPath);

        Assert.False(keys.IsOurs);
        Assert.Equal(DataKey.Of(new byte[DataKey.Size]).Id, keys.Current().Id);
    }

    [Fact]
    public void After_a_rotation_the_old_key_is_in_no_file()
    {
        var keys = DataKeyFile.Find(null, null, folder.FullPath);
        var old = Convert.ToBase64String(keys.Current().Bytes);
        keys.Renew();
        Assert.Contains(old, File.ReadAllText(keys.Path), StringComparison.Ordinal);

        keys.ForgetOld();

        Assert.DoesNotContain(old, File.ReadAllText(keys.Path), StringComparison.Ordinal);
    }

    private SecretBox Box() => new(DataKeyFile.Find(null, null, folder.FullPath));
}
