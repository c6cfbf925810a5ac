namespace Connect.Grains.Messaging;

/// <summary>How texts are cut into parts, and so what they cost.</summary>
public enum PartRule
{
    /// <summary>Every part holds 160 septets, or 70 UTF-16 units when Unicode. What customers are told: one credit is 160 characters.</summary>
    Flat,

    /// <summary>As carriers bill: a text that fits one part has 160 or 70 units; a longer one gives 7 septets (3 UTF-16 units) of each part to the joining header, so 153 or 67.</summary>
    Carrier,
}
