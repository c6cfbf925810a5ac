namespace Connect.CrashMatrix.Sending;

/// <summary>A way to send, and how it must end whatever happens on the way.</summary>
public sealed record SendFlow
{
    /// <summary>Beginning of the numbers that the gateway refuses.</summary>
    public const string RefusedPrefix = "+614990";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<SendFlow> All { get; } =
    [
        new() { Name = "campaign, paid for in full", Code = "c", Rows = 1_050, Credits = 5_000 },
        new() { Name = "campaign, credits run out", Code = "o", Rows = 1_050, Credits = 777 },
        new() { Name = "campaign, the gateway refuses some numbers", Code = "r", Rows = 1_050, Credits = 5_000, RefusedEvery = 7 },
        new() { Name = "campaign, cancelled on its way", Code = "x", Rows = 1_050, Credits = 5_000, Cancelled = true },
        new() { Name = "automation message", Code = "a", Rows = 1, Credits = 10, Automation = true },
        new() { Name = "automation message, refused by the gateway", Code = "b", Rows = 1, Credits = 10, Automation = true, RefusedEvery = 1 },
    ];

    /// <summary>Its name in the report.</summary>
    public required string Name { get; init; }

    /// <summary>Begins the ids of its accounts.</summary>
    public required string Code { get; init; }

    /// <summary>Recipients.</summary>
    public required int Rows { get; init; }

    /// <summary>Credits of the account; a message costs one.</summary>
    public required long Credits { get; init; }

    /// <summary>The gateway refuses each recipient whose row is a multiple of this; 0 for none.</summary>
    public int RefusedEvery { get; init; }

    /// <summary>The customer cancels once some messages have gone.</summary>
    public bool Cancelled { get; init; }

    /// <summary>One message of an automation in place of a campaign.</summary>
    public bool Automation { get; init; }

    /// <summary>The number of a row.</summary>
    public string To(int row) => IsRefused(row) ? $"{RefusedPrefix}{row:D5}" : $"+614000{row:D5}";

    /// <summary>Whether the gateway refuses a row.</summary>
    public bool IsRefused(int row) => RefusedEvery > 0 && row % RefusedEvery == 0;
}
