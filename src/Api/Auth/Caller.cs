using System.Security.Claims;

namespace Connect.Api.Auth;

/// <summary>Who asks: the one shape that endpoints and pages hand to the application layer.</summary>
/// <param name="UserId">The person's id, kept in the ledger as the actor.</param>
/// <param name="Name">The name to show.</param>
/// <param name="Role">What the person is.</param>
/// <param name="AccountId">The account the person belongs to.</param>
public sealed record Caller(string UserId, string Name, Role Role, string AccountId)
{
    /// <summary>Claim with the user id.</summary>
    public const string UserClaim = "sub";

    /// <summary>Claim with the name to show.</summary>
    public const string NameClaim = "name";

    /// <summary>Claim with the role in lower case.</summary>
    public const string RoleClaim = "role";

    /// <summary>Claim with the account id.</summary>
    public const string AccountClaim = "accountId";

    /// <summary>The caller that a token or cookie speaks for; null if it is not signed in or lacks a claim.</summary>
    public static Caller? From(ClaimsPrincipal principal) =>
        principal.Identity is { IsAuthenticated: true }
        && principal.FindFirstValue(UserClaim) is { Length: > 0 } user
        && ParseRole(principal.FindFirstValue(RoleClaim)) is { } role
        && principal.FindFirstValue(AccountClaim) is { } account
            ? new(user, principal.FindFirstValue(NameClaim) ?? user, role, account)
            : null;

    /// <summary>The claims that <see cref="From"/> reads back.</summary>
    public IEnumerable<Claim> ToClaims() =>
        [new(UserClaim, UserId), new(NameClaim, Name), new(RoleClaim, Role.ToString().ToLowerInvariant()), new(AccountClaim, AccountId)];

    /// <summary>A role by its lower-case name; null for any other text.</summary>
    public static Role? ParseRole(string? text) => text switch
    {
        "member" => Role.Member,
        "billing" => Role.Billing,
        "admin" => Role.Admin,
        "operator" => Role.Operator,
        _ => null,
    };
}
