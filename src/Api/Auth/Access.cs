using Connect.Api.Application;
using Connect.Api.Problems;

namespace Connect.Api.Auth;

/// <summary>What a request needs from its caller.</summary>
public enum Need
{
    /// <summary>See campaigns and automations: everybody on the account, and operators.</summary>
    ReadCampaigns,

    /// <summary>Write and send campaigns and automation messages: everybody on the account.</summary>
    UseCampaigns,

    /// <summary>See opt-outs and how the account sends: admins, members, and operators. Who is there for billing only has no business with guests' numbers.</summary>
    ReadMessaging,

    /// <summary>Change them: admins and members.</summary>
    ManageMessaging,

    /// <summary>See credits, cards, purchases, ledger: admins and billing, and operators.</summary>
    ReadCredits,

    /// <summary>Buy, change cards and auto top-up: admins and billing.</summary>
    ManageCredits,

    /// <summary>Operate the program.</summary>
    Operate,
}

/// <summary>Who may do what. The only place that decides it, for endpoints and pages alike.</summary>
public static class Access
{
    /// <summary>Null if the caller may, else why not.</summary>
    public static Problem? Refusal(Caller? caller, string accountId, Need need)
    {
        if (caller is null)
            return Refuse.SignInRequired();
        if (caller.Role == Role.Operator)
            return need is Need.Operate or Need.ReadCampaigns or Need.ReadMessaging or Need.ReadCredits ? RefuseMalformed(accountId) : Refuse.AccountAccessDenied();
        if (need == Need.Operate)
            return Refuse.OperatorRequired();
        if (caller.AccountId != accountId)
            return Refuse.AccountAccessDenied();
        if (need is Need.ReadCredits or Need.ManageCredits && caller.Role == Role.Member)
            return Refuse.BillingAccessRequired();
        if (need is Need.ReadMessaging or Need.ManageMessaging && caller.Role == Role.Billing)
            return Refuse.CampaignAccessRequired();
        return RefuseMalformed(accountId);
    }

    private static Problem? RefuseMalformed(string accountId) => Names.IsId(accountId)
        ? null
        : Refuse.Validation("accountId", "An account id has 1 to 64 letters, digits, '-' or '_'.");
}
