using System.Security.Cryptography;
using System.Text;
using Connect.Api.Composition;
using Microsoft.IdentityModel.Tokens;

namespace Connect.Api.Auth;

/// <summary>The HS256 key of bearer tokens.</summary>
public sealed class SigningKey
{
    /// <summary>Smallest accepted length of a configured key, in bytes of UTF-8.</summary>
    public const int MinBytes = 32;

    private const string FileName = "signing.key";

    private SigningKey(byte[] key) => Key = new(key) { KeyId = "1" };

    /// <summary>The key.</summary>
    public SymmetricSecurityKey Key { get; }

    /// <summary>
    /// The configured key (<c>Auth:SigningKey</c>); in sandbox mode without one, a key that is made once and kept in the data directory, readable by its owner only.
    /// </summary>
    public static SigningKey Load(IConfiguration configuration)
    {
        if (configuration["Auth:SigningKey"] is { Length: > 0 } configured)
        {
            var bytes = Encoding.UTF8.GetBytes(configured);
            return bytes.Length >= MinBytes ? new(bytes) : throw new InvalidOperationException($"Auth:SigningKey is shorter than {MinBytes} bytes; make one with: openssl rand -base64 48");
        }
        if (!SandboxMode.IsOn(configuration))
            throw new InvalidOperationException("Auth:SigningKey is not set. Outside sandbox mode it must be: make one with: openssl rand -base64 48");

        var path = Path.Combine(DataDirectory.Of(configuration), FileName);
        return new(File.Exists(path) ? File.ReadAllBytes(path) : Make(path));
    }

    private static byte[] Make(string path)
    {
        var key = RandomNumberGenerator.GetBytes(MinBytes * 2);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(key);
        file.Flush(flushToDisk: true);
        return key;
    }
}
