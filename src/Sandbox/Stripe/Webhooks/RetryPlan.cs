namespace Connect.Sandbox.Stripe;

/// <summary>When a delivery that failed is tried again. Stripe says only that it backs off exponentially for up to three days; these are the sandbox's steps.</summary>
internal static class RetryPlan
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    private static readonly TimeSpan[] Steps =
    [
        TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(12),
    ];

    /// <summary>The time of the next attempt, or null when three days from the first one would be over.</summary>
    /// <param name="attempts">How many were made, at least 1.</param>
    /// <param name="first">When the first was made.</param>
    /// <param name="last">When the last was made.</param>
    public static DateTimeOffset? Next(int attempts, DateTimeOffset first, DateTimeOffset last)
    {
        var next = last + Steps[Math.Min(attempts, Steps.Length) - 1];
        return next <= first + Patience ? next : null;
    }
}
