using System.Text.Json.Serialization;

namespace Connect.Sandbox.Stripe;

/// <summary>What a test card does when it is used.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CardBehaviour>))]
internal enum CardBehaviour
{
    /// <summary>Every charge succeeds.</summary>
    Succeeds,

    /// <summary>Declined without a reason, also when it is to be attached.</summary>
    Declined,

    /// <summary>Declined for want of money, also when it is to be attached.</summary>
    InsufficientFunds,

    /// <summary>Declined as lost, also when it is to be attached.</summary>
    Lost,

    /// <summary>Declined as stolen, also when it is to be attached.</summary>
    Stolen,

    /// <summary>Declined as expired, also when it is to be attached.</summary>
    Expired,

    /// <summary>Declined for its security code, also when it is to be attached.</summary>
    IncorrectCvc,

    /// <summary>Declined for an error at the bank, also when it is to be attached.</summary>
    ProcessingError,

    /// <summary>Attaches, then every charge is declined.</summary>
    DeclinedOnCharge,

    /// <summary>Attaches; needs its owner at the bank's page, unless it was set up there.</summary>
    AuthenticatesUnlessSetUp,

    /// <summary>Attaches; needs its owner at the bank's page for every charge.</summary>
    AlwaysAuthenticates,

    /// <summary>As <see cref="AuthenticatesUnlessSetUp"/>, and after that declined for want of money.</summary>
    AuthenticatesThenInsufficientFunds,

    /// <summary>Attaches; every charge is blocked as too risky and never reaches the bank.</summary>
    Blocked,

    /// <summary>Attaches and pays; its owner disputes the charge afterwards.</summary>
    Disputed,

    /// <summary>Attaches and pays; its owner disputes the charge afterwards because nothing was delivered.</summary>
    DisputedNotReceived,

    /// <summary>Attaches and pays; its bank inquires about the charge afterwards.</summary>
    Inquired,

    /// <summary>Attaches and pays; its bank warns of fraud afterwards.</summary>
    FraudWarned,

    /// <summary>Attaches and pays; a refund is pending at first.</summary>
    RefundsLater,

    /// <summary>Attaches and pays; a refund succeeds at first, and fails later.</summary>
    RefundFails,
}
