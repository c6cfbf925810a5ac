using Connect.Api.Auth;

namespace Connect.Api.Sandbox;

/// <summary>The people that anybody may sign in as in sandbox mode.</summary>
public static class DemoPeople
{
    /// <summary>The demo account's id.</summary>
    public const string AccountId = "demo";

    /// <summary>The demo account's name.</summary>
    public const string AccountName = "The Harbour Bar";

    /// <summary>One of each role; the user id is the role's name.</summary>
    public static IReadOnlyList<Caller> All { get; } =
    [
        new("admin", "Ada Admin", Role.Admin, AccountId),
        new("billing", "Bill Billing", Role.Billing, AccountId),
        new("member", "Mel Member", Role.Member, AccountId),
        new("operator", "Otto Operator", Role.Operator, AccountId),
    ];

    /// <summary>The person with that user id, or null.</summary>
    public static Caller? Find(string? userId) => All.FirstOrDefault(person => person.UserId == userId);
}
