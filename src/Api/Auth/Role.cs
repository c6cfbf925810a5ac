namespace Connect.Api.Auth;

/// <summary>What a person is to an account.</summary>
public enum Role
{
    /// <summary>Uses campaigns and automations; does not see credits.</summary>
    Member,

    /// <summary>Sees credits, buys, sets auto top-up.</summary>
    Billing,

    /// <summary>Everything on the account.</summary>
    Admin,

    /// <summary>Runs the program: reads every account, grants and voids with a reason. Not part of any account.</summary>
    Operator,
}
