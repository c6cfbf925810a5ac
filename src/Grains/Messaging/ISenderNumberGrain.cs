namespace Connect.Grains.Messaging;

/// <summary>Whose a sender number is. Key: its digits, without leading zeros.</summary>
[Alias("connect.messaging.ISenderNumberGrain")]
public interface ISenderNumberGrain : IGrainWithStringKey
{
    /// <summary>Makes it the account's, unless it is another's. True when it is the account's now.</summary>
    [Alias("claim")] Task<bool> Claim(string accountId);

    /// <summary>Makes it nobody's, if it is the account's.</summary>
    [Alias("release")] Task Release(string accountId);

    /// <summary>The account it belongs to, or null.</summary>
    [Alias("owner")] Task<string?> Owner();
}
