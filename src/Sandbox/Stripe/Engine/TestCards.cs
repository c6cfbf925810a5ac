namespace Connect.Sandbox.Stripe;

/// <summary>The card numbers that the sandbox knows, after Stripe's published test cards. Any other number is refused.</summary>
internal static class TestCards
{
    private static readonly Dictionary<string, CardBehaviour> Behaviours = new()
    {
        ["4242424242424242"] = CardBehaviour.Succeeds,
        ["5555555555554444"] = CardBehaviour.Succeeds,
        ["378282246310005"] = CardBehaviour.Succeeds,
        ["4000000000000002"] = CardBehaviour.Declined,
        ["4000000000009995"] = CardBehaviour.InsufficientFunds,
        ["4000000000009987"] = CardBehaviour.Lost,
        ["4000000000009979"] = CardBehaviour.Stolen,
        ["4000000000000069"] = CardBehaviour.Expired,
        ["4000000000000127"] = CardBehaviour.IncorrectCvc,
        ["4000000000000119"] = CardBehaviour.ProcessingError,
        ["4000000000000341"] = CardBehaviour.DeclinedOnCharge,
        ["4000002500003155"] = CardBehaviour.AuthenticatesUnlessSetUp,
        ["4000002760003184"] = CardBehaviour.AlwaysAuthenticates,
        ["4000008260003178"] = CardBehaviour.AuthenticatesThenInsufficientFunds,
        ["4100000000000019"] = CardBehaviour.Blocked,
        ["4000000000000259"] = CardBehaviour.Disputed,
        ["4000000000002685"] = CardBehaviour.DisputedNotReceived,
        ["4000000000001976"] = CardBehaviour.Inquired,
        ["4000000000005423"] = CardBehaviour.FraudWarned,
        ["4000000000007726"] = CardBehaviour.RefundsLater,
        ["4000000000005126"] = CardBehaviour.RefundFails,
    };

    /// <summary>What the card with this number does, or null when the sandbox does not know it.</summary>
    public static CardBehaviour? Behaviour(string number) => Behaviours.TryGetValue(number, out var behaviour) ? behaviour : null;

    /// <summary>The brand, from the first digit.</summary>
    public static string Brand(string number) => number[0] switch
    {
        '3' => "amex",
        '5' => "mastercard",
        _ => "visa",
    };

    /// <summary>True when the digits pass the check digit that every card number carries.</summary>
    public static bool HasValidCheckDigit(string number)
    {
        if (number.Length is < 12 or > 19 || !number.All(char.IsAsciiDigit))
            return false;
        var sum = 0;
        for (var i = 0; i < number.Length; i++)
        {
            var digit = number[^(i + 1)] - '0';
            if (i % 2 == 1)
                digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }
}
