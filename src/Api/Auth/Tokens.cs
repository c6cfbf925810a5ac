using System.Security.Claims;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Connect.Api.Auth;

/// <summary>Issues bearer tokens. They live by the real clock, so that moving the program's clock signs nobody out.</summary>
public sealed class Tokens(SigningKey key)
{
    /// <summary>Issuer and audience of every token.</summary>
    public const string Issuer = "connect-credits";

    /// <summary>How long a token lives.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>A signed token that speaks for the caller.</summary>
    public string Issue(Caller caller)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            NotBefore = now,
            IssuedAt = now,
            Expires = now + Lifetime,
            Subject = new ClaimsIdentity(caller.ToClaims()),
            SigningCredentials = new(key.Key, SecurityAlgorithms.HmacSha256),
        });
    }
}
